package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.ValidationConfig;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendResult;
import dev.barnabas.storage.EpochEndOffset;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.StorageException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A replica on this broker. What is appended is committed when every in-sync replica has it, and, if the topic is
 * flushed by the number of messages, when the disk has it; only then do consumers see it and waiting appends end.
 *
 * <pre>
 *   append --written--> [flush due?] --no--> committed: high watermark moves, fetches wake, callback
 *                            |
 *                            yes --> waits for the {@link GroupCommit} --flushed--> committed
 * </pre>
 */
public final class LocalPartition implements Partition {

    private final TopicPartition topicPartition;
    private final PartitionLog log;
    private final Lane lane;
    private final Clock clock;
    private final int brokerId;
    private final GroupCommit groupCommit;

    /** Appends that are written and not committed, in order of their offsets. */
    private final Deque<WaitingAppend> waitingAppends = new ArrayDeque<>();

    /** Fetches that wait for more bytes. */
    private final List<FetchWaiter> waitingFetches = new ArrayList<>();

    /** Bytes appended since fetches were last woken. */
    private long newBytes;

    private volatile PartitionImage image;
    private volatile TopicSettings settings;
    private volatile @Nullable StorageException failure;
    private volatile boolean deleted;

    LocalPartition(
            TopicPartition topicPartition,
            PartitionLog log,
            PartitionImage image,
            TopicSettings settings,
            int brokerId,
            Lane lane,
            Clock clock,
            GroupCommit.Scheduler flushes) {
        this.topicPartition = topicPartition;
        this.log = log;
        this.image = image;
        this.settings = settings;
        this.brokerId = brokerId;
        this.lane = lane;
        this.clock = clock;
        this.groupCommit = new GroupCommit(this, flushes);
    }

    @Override
    public TopicPartition topicPartition() {
        return topicPartition;
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
        return image.leaderEpoch();
    }

    @Override
    public boolean isLeader() {
        return image.leader() == brokerId;
    }

    /** What the control plane last said of this partition. Any thread. */
    public PartitionImage image() {
        return image;
    }

    /** What the topic asks of a producer's batches. Any thread. */
    public ValidationConfig validation() {
        return settings.validation();
    }

    /** Whether records of this topic are only ever compacted, never deleted by age or size. Any thread. */
    public boolean compactOnly() {
        return settings.log().compact() && !settings.log().delete();
    }

    /**
     * The leader's answer to what a client believes its epoch to be (KIP-320). Any thread.
     *
     * @param currentLeaderEpoch the client's, -1 if it does not say
     * @throws ApiException FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR
     */
    public void checkLeader(int currentLeaderEpoch) {
        checkUsable();
        int epoch = leaderEpoch();
        if (currentLeaderEpoch >= 0 && currentLeaderEpoch < epoch) {
            throw new ApiException(
                    ErrorCode.FENCED_LEADER_EPOCH,
                    topicPartition + " leader epoch: " + currentLeaderEpoch + " (expected: " + epoch + ")");
        }
        if (currentLeaderEpoch > epoch) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_LEADER_EPOCH,
                    topicPartition + " leader epoch: " + currentLeaderEpoch + " (expected: " + epoch + ")");
        }
        if (!isLeader()) {
            throw new ApiException(ErrorCode.NOT_LEADER_OR_FOLLOWER, topicPartition + " is led by another broker");
        }
    }

    /** @throws ApiException if the disk failed or the topic is being deleted. Any thread. */
    void checkUsable() {
        StorageException failed = failure;
        if (failed != null) {
            throw failed;
        }
        if (deleted) {
            throw new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, topicPartition + " was deleted");
        }
    }

    /** The first offset that consumers cannot read: the high watermark, or the last stable offset. On the lane. */
    public long readableEnd(boolean readCommitted) {
        return readCommitted ? log.lastStableOffset() : log.highWatermark();
    }

    @Override
    public void append(ByteBuf batches, AppendOrigin origin, int requiredAcks, int timeoutMs, AppendCallback callback) {
        lane.assertCurrent();
        AppendResult result;
        try {
            checkUsable();
            checkInSync(requiredAcks);
            result = log.appendAsLeader(batches, leaderEpoch(), origin, clock.wallMs());
            newBytes += batches.readableBytes();
        } catch (ApiException e) {
            onFailure(e);
            callback.onAppend(null, e);
            return;
        }
        if (groupCommit.onAppend()) {
            waitingAppends.add(new WaitingAppend(result, callback));
        } else {
            commit(log.logEndOffset());
            callback.onAppend(result, null);
        }
    }

    private void checkInSync(int requiredAcks) {
        if (requiredAcks == -1 && image.isr().size() < settings.minInsyncReplicas()) {
            throw new ApiException(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    topicPartition + " in-sync replicas: " + image.isr().size() + " (expected: at least "
                            + settings.minInsyncReplicas() + ")");
        }
    }

    /** Everything below {@code offset} is on every in-sync replica and as durable as the topic asks. On the lane. */
    void commit(long offset) {
        lane.assertCurrent();
        if (log.updateHighWatermark(offset)) {
            wakeFetches();
        }
        while (!waitingAppends.isEmpty() && waitingAppends.peek().result.lastOffset() < offset) {
            WaitingAppend append = waitingAppends.remove();
            append.callback.onAppend(append.result, null);
        }
    }

    private void wakeFetches() {
        long bytes = newBytes;
        newBytes = 0;
        // A waiter may leave while it is told: the list is walked from its end.
        for (int i = waitingFetches.size() - 1; i >= 0; i--) {
            waitingFetches.get(i).onReadable(this, bytes);
        }
    }

    /** The end of {@code epoch} in this log; that of the current epoch is the log's end. On the lane. */
    public EpochEndOffset endOffsetForEpoch(int epoch) {
        return epoch == leaderEpoch() ? new EpochEndOffset(epoch, log.logEndOffset()) : log.endOffsetForEpoch(epoch);
    }

    /** Tells {@code waiter} of every advance of the high watermark from now on. On the lane. */
    public void addWaiter(FetchWaiter waiter) {
        lane.assertCurrent();
        waitingFetches.add(waiter);
    }

    /** Ends {@link #addWaiter}. On the lane. */
    public void removeWaiter(FetchWaiter waiter) {
        lane.assertCurrent();
        waitingFetches.remove(waiter);
    }

    /** Takes a newer image into force. On the lane. */
    void onImage(PartitionImage now) {
        lane.assertCurrent();
        image = now;
        becomeLeader();
    }

    /** A single in-sync replica has committed whatever it has. On the lane. */
    void becomeLeader() {
        if (isLeader() && image.isr().size() == 1 && waitingAppends.isEmpty() && failure == null) {
            commit(log.logEndOffset());
        }
    }

    /** Takes the topic's new settings into force. On the lane. */
    void onSettings(TopicSettings now) {
        lane.assertCurrent();
        settings = now;
        log.updateConfig(now.log());
    }

    /** Ends everything that waits, since the topic was deleted. On the lane. */
    void onDeleted() {
        lane.assertCurrent();
        deleted = true;
        endWaiting(new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, topicPartition + " was deleted"));
    }

    /** Takes the partition offline if {@code error} is the disk's. On the lane. */
    public void onFailure(ApiException error) {
        lane.assertCurrent();
        if (error instanceof StorageException failed && failure == null) {
            failure = failed;
            endWaiting(failed);
        }
    }

    private void endWaiting(ApiException error) {
        while (!waitingAppends.isEmpty()) {
            waitingAppends.remove().callback.onAppend(null, error);
        }
        for (FetchWaiter waiter : List.copyOf(waitingFetches)) {
            waiter.onGone(this);
        }
    }

    /** Retention and the expiry of idle producers. On the lane. */
    void housekeep(long nowMs) {
        lane.assertCurrent();
        if (failure == null && !deleted) {
            try {
                log.applyRetention(nowMs);
                log.expireProducers(nowMs);
            } catch (StorageException e) {
                onFailure(e);
            }
        }
    }

    private record WaitingAppend(AppendResult result, AppendCallback callback) {}

    @Override
    public String toString() {
        return topicPartition.toString();
    }
}
