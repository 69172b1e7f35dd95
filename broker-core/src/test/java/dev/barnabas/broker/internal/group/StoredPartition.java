package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.partition.Partition;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.PartitionLog;
import io.netty.buffer.ByteBuf;

/** A partition without replicas: what is appended is committed. */
final class StoredPartition implements Partition {

    private final PartitionLog log;
    private final Lane lane;

    StoredPartition(PartitionLog log, Lane lane) {
        this.log = log;
        this.lane = lane;
    }

    @Override
    public TopicPartition topicPartition() {
        return log.topicPartition();
    }

    @Override
    public Uuid topicId() {
        return log.topicId();
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public PartitionLog log() {
        return log;
    }

    @Override
    public int leaderEpoch() {
        return 0;
    }

    @Override
    public boolean isLeader() {
        return true;
    }

    @Override
    public void append(ByteBuf batches, AppendOrigin origin, int requiredAcks, int timeoutMs, AppendCallback callback) {
        try {
            var result = log.appendAsLeader(batches, 0, origin, 1_700_000_000_000L);
            log.updateHighWatermark(log.logEndOffset());
            callback.onAppend(result, null);
        } catch (ApiException e) {
            callback.onAppend(null, e);
        }
    }
}
