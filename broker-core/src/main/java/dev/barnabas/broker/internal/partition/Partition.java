package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendResult;
import dev.barnabas.storage.PartitionLog;
import io.netty.buffer.ByteBuf;

/** One hosted replica: its log, its role and its waiters, all on one lane. */
public interface Partition {

    TopicPartition topicPartition();

    Uuid topicId();

    Lane lane();

    /** Lane only. */
    PartitionLog log();

    /** Any thread. */
    int leaderEpoch();

    /** Any thread. */
    boolean isLeader();

    /**
     * Appends validated batches as the leader; on the lane. Waiting fetches are woken.
     *
     * @param batches borrowed until {@code callback} has been called
     * @param requiredAcks -1: the callback waits until the records are committed (and durable, if the topic is flushed
     *     before acknowledgement); 0 or 1: it is called once they are written (and durable, likewise)
     * @param timeoutMs how long to wait for the commit before REQUEST_TIMED_OUT
     * @param callback called once, on the lane
     */
    void append(ByteBuf batches, AppendOrigin origin, int requiredAcks, int timeoutMs, AppendCallback callback);

    /** Told how an append ended; exactly one of the two arguments is null. */
    @FunctionalInterface
    interface AppendCallback {
        void onAppend(
                @org.jspecify.annotations.Nullable AppendResult result,
                @org.jspecify.annotations.Nullable ApiException error);
    }
}
