package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.AppendFailedException;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendOutcome;
import dev.barnabas.storage.AppendResult;
import dev.barnabas.storage.CompactionTask;
import dev.barnabas.storage.EpochEndOffset;
import dev.barnabas.storage.FlushTask;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.StorageException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition with its log in this process.
 *
 * <pre>
 *   append -> written -> (durable) -> committed: high watermark raised -> acknowledged, watchers told
 *                 \_ flush on a blocking thread _/
 * </pre>
 *
 * <p>What producers append in one wake-up of an I/O loop is written together, as writes of many pages cost less a byte; each
 * append has an outcome of its own.
 *
 * <p>The high watermark is the least offset that every in-sync replica has; this replica has a record when it is written,
 * or, when {@code flush.messages} records are not on disk, once they are. So with {@code flush.messages=1} nothing is
 * acknowledged, nor shown to consumers, that a crash may take away. One flush is under way at a time; what is appended
 * meanwhile waits for the next one together.
 *
 * <p>A failed write or flush takes the partition offline for good: whatever waits is told KAFKA_STORAGE_ERROR, and
 * nothing more is acknowledged.
 */
public final class LocalPartition implements Partition {
    private static final Logger logger = LoggerFactory.getLogger(LocalPartition.class);

    private static final int ALL_IN_SYNC = -1;

    /** Watchers that may have gone without having been removed, before the first look for them. */
    private static final int WATCHERS_MIN = 8;

    private final TopicPartition topicPartition;
    private final Uuid topicId;
    private final Lane lane;
    private final PartitionLog log;
    private final Lanes lanes;
    private final Timers timers;
    private final Clock clock;
    private final Consumer<StorageException> storageFailures;
    private final GatheredAppends gatheredAppends;
    private final WaitingAppends waitingAppends;

    private volatile TopicSettings settings;
    private volatile Role role;

    /** Why nothing is served any more; null while it is. */
    private volatile @Nullable ApiException gone;

    private List<PartitionWatcher> watchers = new ArrayList<>(0);
    private int watchersBeforeSweep = WATCHERS_MIN;
    private long leaderEpochStartOffset;
    private boolean flushing;
    private boolean compacting;
    private boolean isUncleanable;
    private Timers.@Nullable Timer flushTimer;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /**
     * @param storageFailures told once, on the lane, when the disk failed
     */
    LocalPartition(
            PartitionLog log,
            Role role,
            TopicSettings settings,
            Lanes lanes,
            Timers timers,
            Clock clock,
            Consumer<StorageException> storageFailures) {
        this.log = log;
        this.topicPartition = log.topicPartition();
        this.topicId = log.topicId();
        this.lane = lanes.lane(topicPartition.toString());
        this.lanes = lanes;
        this.timers = timers;
        this.clock = clock;
        this.storageFailures = storageFailures;
        this.gatheredAppends = new GatheredAppends(lanes, lane, group -> append(group, AppendOrigin.CLIENT));
        this.waitingAppends = new WaitingAppends(lane, timers, clock);
        this.settings = settings;
        this.role = role;
    }

    @Override
    public TopicPartition topicPartition() {
        return topicPartition;
    }

    @Override
    public Uuid topicId() {
        return topicId;
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
        return role.leaderEpoch();
    }

    @Override
    public boolean isLeader() {
        return role.isLeader();
    }

    /** The topic's configuration in force. Any thread. */
    public TopicSettings settings() {
        return settings;
    }

    /** Whether the disk failed under it. Any thread. */
    public boolean isOffline() {
        return gone instanceof StorageException;
    }

    /**
     * Whether this replica serves. Any thread.
     *
     * @throws ApiException KAFKA_STORAGE_ERROR, NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION if it was deleted
     */
    public void requireServing() {
        ApiException reason = gone;
        if (reason != null) {
            throw reason;
        }
        if (!role.isLeader()) {
            throw new ApiException(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER, topicPartition + ": led by another broker (expected: this one)");
        }
    }

    /**
     * As {@link #requireServing()}, for a client that knows of {@code currentLeaderEpoch}, or -1 (KIP-320).
     *
     * @throws ApiException FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH as well
     */
    public void requireServing(int currentLeaderEpoch) {
        requireServing();
        int epoch = role.leaderEpoch();
        if (currentLeaderEpoch < 0 || currentLeaderEpoch == epoch) {
            return;
        }
        throw new ApiException(
                currentLeaderEpoch < epoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH,
                topicPartition + ": leader epoch: " + currentLeaderEpoch + " (expected: " + epoch + ")");
    }

    /** Up to where {@code isolation} reads. Any thread. */
    public long readableOffset(FetchIsolation isolation) {
        return switch (isolation) {
            case LOG_END -> log.logEndOffset();
            case HIGH_WATERMARK -> log.highWatermark();
            case COMMITTED -> log.lastStableOffset();
        };
    }

    /**
     * The largest epoch at most {@code epoch} and its end, with the leader's own epoch, which has its place in the log
     * before it has a record there. On the lane.
     */
    public EpochEndOffset endOffsetForEpoch(int epoch) {
        int current = leaderEpoch();
        if (epoch == current) {
            return new EpochEndOffset(epoch, log.logEndOffset());
        }
        EpochEndOffset end = log.endOffsetForEpoch(epoch);
        boolean isOlder = epoch < current && epoch != EpochEndOffset.UNDEFINED.epoch();
        return isOlder && end.equals(EpochEndOffset.UNDEFINED)
                ? new EpochEndOffset(log.latestEpoch().orElse(epoch), leaderEpochStartOffset)
                : end;
    }

    /** Whether the high watermark has yet to reach the offset at which this leader began. On the lane. */
    public boolean isBehindLeaderEpochStart(long offset) {
        return offset < leaderEpochStartOffset;
    }

    // ---- what the control plane says

    /**
     * Takes up its work after it was opened: what the log has is as committed as it can be with one replica. What a crash
     * of the process left unflushed is flushed if the topic's records are to be.
     */
    void open() {
        lane.assertCurrent();
        leaderEpochStartOffset = log.logEndOffset();
        if (role.isLeader() && role.inSyncReplicas() <= 1) {
            log.updateHighWatermark(log.logEndOffset());
        }
        flushIfDue();
    }

    void changeRole(Role next) {
        lane.assertCurrent();
        Role before = role;
        if (next.equals(before)) {
            return;
        }
        if (next.leaderEpoch() != before.leaderEpoch()) {
            leaderEpochStartOffset = log.logEndOffset();
        }
        role = next;
        if (!next.isLeader()) {
            waitingAppends.fail(new ApiException(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER, topicPartition + ": leadership moved before the commit"));
        } else {
            advance();
        }
        tellWatchers();
    }

    void changeSettings(TopicSettings next) {
        lane.assertCurrent();
        LogConfig before = settings.log();
        settings = next;
        if (!next.log().equals(before)) {
            log.updateConfig(next.log());
        }
        if (gone == null && role.isLeader()) {
            if (advance()) {
                tellWatchers();
            }
            flushIfDue();
        }
    }

    /** Ends its service; completes when nothing of it touches the log any more. Later calls change nothing. */
    CompletionStage<Void> stop(ApiException reason) {
        lane.assertCurrent();
        if (gone == null) {
            goAway(reason);
        }
        completeStop();
        return stopped;
    }

    private void completeStop() {
        if (gone != null && !flushing && !compacting) {
            stopped.complete(null);
        }
    }

    private void goAway(ApiException reason) {
        gone = reason;
        if (flushTimer != null) {
            flushTimer.cancel();
            flushTimer = null;
        }
        waitingAppends.fail(reason);
        tellWatchers();
    }

    /** The disk failed, here or under another partition of the same directory. */
    public void storageFailed(StorageException failure) {
        lane.assertCurrent();
        if (gone == null) {
            goAway(failure);
            storageFailures.accept(failure);
        }
    }

    // ---- append

    @Override
    public void append(ByteBuf batches, AppendOrigin origin, int requiredAcks, int timeoutMs, AppendCallback callback) {
        lane.assertCurrent();
        append(List.of(new LeaderAppend(batches, requiredAcks, timeoutMs, callback)), origin);
    }

    /** Appends for a producer, in turn with, and together with, what else the calling I/O loop woke up for. Any thread. */
    public void appendTogether(LeaderAppend append) {
        gatheredAppends.add(append);
    }

    private void append(List<LeaderAppend> group, AppendOrigin origin) {
        List<LeaderAppend> admitted = admit(group);
        if (admitted.isEmpty()) {
            return;
        }
        List<ByteBuf> batches = new ArrayList<>(admitted.size());
        for (LeaderAppend append : admitted) {
            batches.add(append.batches());
        }
        long nowMs = clock.wallMs();
        List<AppendOutcome> outcomes;
        boolean moved;
        try {
            outcomes = log.appendAsLeader(batches, role.leaderEpoch(), origin, nowMs);
            moved = advance();
        } catch (StorageException e) {
            storageFailed(e);
            admitted.forEach(append -> tell(append, null, e));
            return;
        } catch (RuntimeException | Error bug) {
            var failed = new ApiException(ErrorCode.UNKNOWN_SERVER_ERROR, "the broker failed");
            admitted.forEach(append -> tell(append, null, failed));
            throw bug;
        }
        onOutcomes(admitted, outcomes);
        if (moved) {
            tellWatchers();
        }
        flushIfDue(nowMs);
    }

    /** Those that may be tried; the others are refused. */
    private List<LeaderAppend> admit(List<LeaderAppend> group) {
        List<LeaderAppend> admitted = new ArrayList<>(group.size());
        for (LeaderAppend append : group) {
            try {
                requireServing();
                requireInSync(append.requiredAcks());
                admitted.add(append);
            } catch (ApiException e) {
                tell(append, null, e);
            }
        }
        return admitted;
    }

    private void onOutcomes(List<LeaderAppend> group, List<AppendOutcome> outcomes) {
        AppendFailedException bug = null;
        for (int i = 0; i < outcomes.size(); i++) {
            AppendOutcome outcome = outcomes.get(i);
            if (outcome.error() instanceof AppendFailedException failed) {
                bug = failed; // the same for all that it met
            }
            onOutcome(group.get(i), outcome);
        }
        if (bug != null) {
            report(bug);
        }
    }

    /** The lane reports it after this task. */
    private void report(AppendFailedException bug) {
        lane.execute(() -> {
            throw bug;
        });
    }

    private void onOutcome(LeaderAppend append, AppendOutcome outcome) {
        if (outcome.error() instanceof StorageException failure) {
            storageFailed(failure);
        }
        AppendResult result = outcome.result();
        if (result == null) {
            tell(append, null, outcome.error());
        } else {
            acknowledge(result, append);
        }
    }

    /** A callback that fails costs no other its turn; the lane reports it after this task. */
    private void tell(LeaderAppend append, @Nullable AppendResult result, @Nullable ApiException error) {
        try {
            append.callback().onAppend(result, error);
        } catch (RuntimeException | Error bug) {
            lane.execute(() -> {
                throw bug;
            });
        }
    }

    private void requireInSync(int requiredAcks) {
        if (requiredAcks == ALL_IN_SYNC && !role.hasInSync(settings.minInSyncReplicas())) {
            throw new ApiException(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    topicPartition + ": in-sync replicas: " + role.inSyncReplicas() + " (expected: at least "
                            + settings.minInSyncReplicas() + ")");
        }
    }

    private void acknowledge(AppendResult result, LeaderAppend append) {
        boolean needsCommit = append.requiredAcks() == ALL_IN_SYNC;
        long required = result.lastOffset() + 1;
        if (required <= (needsCommit ? log.highWatermark() : heldOffset())) {
            tell(append, result, null);
            return;
        }
        long deadlineNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, append.timeoutMs()));
        waitingAppends.add(new WaitingAppend(required, needsCommit, deadlineNanos, result, append.callback()));
    }

    /** What this replica counts as having: what is written, or what is on disk. */
    private long heldOffset() {
        return isFlushOwed() ? Math.max(log.recoveryPoint(), log.highWatermark()) : log.logEndOffset();
    }

    /** Whether so much is not on disk that {@code flush.messages} wants it there before the acknowledgement. */
    private boolean isFlushOwed() {
        return log.logEndOffset() - log.recoveryPoint() >= settings.log().flushMessages();
    }

    /** Raises the high watermark as far as may be, and acknowledges what waited for it. Returns whether it moved. */
    private boolean advance() {
        long held = heldOffset();
        boolean moved = role.inSyncReplicas() <= 1 && log.updateHighWatermark(held);
        waitingAppends.complete(log.highWatermark(), held);
        return moved;
    }

    // ---- flush

    /** Forces the log to disk if its configuration asks for it. On the lane. */
    void flushIfDue() {
        flushIfDue(clock.wallMs());
    }

    private void flushIfDue(long nowMs) {
        if (flushing || gone != null) {
            return;
        }
        if (log.isFlushDue(nowMs)) {
            startFlush();
        } else if (flushTimer == null
                && settings.log().flushMs() < Long.MAX_VALUE
                && log.recoveryPoint() < log.logEndOffset()) {
            flushTimer = timers.schedule(lane, settings.log().flushMs(), () -> {
                flushTimer = null;
                flushIfDue();
            });
        }
    }

    private void startFlush() {
        FlushTask task;
        try {
            task = log.prepareFlush();
        } catch (StorageException e) {
            storageFailed(e);
            return;
        }
        flushing = true;
        lanes.blocking(() -> flush(task));
    }

    /** On a thread that may block. */
    private void flush(FlushTask task) {
        try {
            task.run();
        } catch (StorageException e) {
            lane.execute(() -> onFlushEnded(task, e));
            return;
        }
        lane.execute(() -> onFlushEnded(task, null));
    }

    private void onFlushEnded(FlushTask task, @Nullable StorageException failure) {
        flushing = false;
        if (failure != null) {
            storageFailed(failure);
        } else {
            log.onFlushed(task);
        }
        if (gone != null) {
            completeStop();
            return;
        }
        if (role.isLeader() && advance()) {
            tellWatchers();
        }
        flushIfDue();
    }

    // ---- watchers

    /** Adds one who is told of changes from now on. On the lane. */
    public void watch(PartitionWatcher watcher) {
        lane.assertCurrent();
        if (watchers.size() >= watchersBeforeSweep) {
            tellWatchers();
            watchersBeforeSweep = Math.max(WATCHERS_MIN, 2 * watchers.size());
        }
        watchers.add(watcher);
    }

    /** Those that watch, and perhaps a few that have gone. On the lane. */
    public int watchers() {
        return watchers.size();
    }

    /** Tells the watchers, and forgets those that have seen enough. */
    private void tellWatchers() {
        if (watchers.isEmpty()) {
            return;
        }
        List<PartitionWatcher> told = watchers;
        watchers = new ArrayList<>(0);
        for (PartitionWatcher watcher : told) {
            if (tell(watcher)) {
                watchers.add(watcher);
            }
        }
    }

    /** Returns whether to tell it again. One that fails costs no other its turn; the lane reports it after this task. */
    private boolean tell(PartitionWatcher watcher) {
        try {
            return watcher.onChange();
        } catch (RuntimeException | Error bug) {
            lane.execute(() -> {
                throw bug;
            });
            return false;
        }
    }

    // ---- log start, retention

    /** Moves the log's start to {@code offset}, or to the high watermark for -1; returns the new start. On the lane. */
    public long deleteRecordsBefore(long offset) {
        lane.assertCurrent();
        requireServing();
        LogConfig config = settings.log();
        if (config.compact() && !config.delete()) {
            throw new ApiException(
                    ErrorCode.POLICY_VIOLATION,
                    topicPartition + ": cleanup.policy: compact (expected: one with delete)");
        }
        long target = offset == -1 ? log.highWatermark() : offset;
        if (target < 0) {
            throw new ApiException(
                    ErrorCode.OFFSET_OUT_OF_RANGE, topicPartition + ": offset: " + offset + " (expected: at least -1)");
        }
        if (guarded(() -> log.advanceLogStartOffset(target, clock.wallMs()))) {
            tellWatchers();
        }
        return log.logStartOffset();
    }

    /** Applies retention. On the lane. */
    void applyRetention() {
        lane.assertCurrent();
        if (gone != null) {
            return;
        }
        if (guarded(() -> log.applyRetention(clock.wallMs()) > 0)) {
            tellWatchers();
        }
        flushIfDue();
    }

    /** Forgets idle producers. On the lane. */
    void expireProducers() {
        lane.assertCurrent();
        if (gone == null) {
            log.expireProducers(clock.wallMs());
        }
    }

    // ---- compaction

    /**
     * Compacts the log if that is due; one call at a time. On the lane.
     *
     * @param done runs on the lane when that is over
     */
    void compact(long offsetMapBytesMax, Runnable done) {
        lane.assertCurrent();
        CompactionTask task = prepareCompaction(offsetMapBytesMax);
        if (task == null) {
            done.run();
            return;
        }
        compacting = true;
        lanes.blocking(() -> {
            ApiException failure = null;
            try {
                task.run();
            } catch (ApiException e) {
                failure = e;
            }
            ApiException result = failure;
            lane.execute(() -> onCompactionEnded(task, result, done));
        });
    }

    private @Nullable CompactionTask prepareCompaction(long offsetMapBytesMax) {
        if (gone != null || isUncleanable) {
            return null;
        }
        try {
            return log.prepareCompaction(clock.wallMs(), offsetMapBytesMax);
        } catch (ApiException e) {
            onCompactionFailed(e);
            return null;
        }
    }

    private void onCompactionEnded(CompactionTask task, @Nullable ApiException failure, Runnable done) {
        compacting = false;
        if (failure != null) {
            onCompactionFailed(failure);
        } else if (gone == null) {
            try {
                log.onCompacted(task, clock.wallMs());
            } catch (ApiException e) {
                onCompactionFailed(e);
            }
        }
        completeStop();
        done.run();
    }

    private void onCompactionFailed(ApiException failure) {
        if (failure instanceof StorageException disk) {
            storageFailed(disk);
        } else {
            isUncleanable = true;
            logger.warn("Log is not compacted any more partition={} cause={}", topicPartition, failure.getMessage());
        }
    }

    private boolean guarded(BooleanSupplier action) {
        try {
            return action.getAsBoolean();
        } catch (StorageException e) {
            storageFailed(e);
            throw e;
        }
    }

    @Override
    public String toString() {
        return topicPartition.toString();
    }
}
