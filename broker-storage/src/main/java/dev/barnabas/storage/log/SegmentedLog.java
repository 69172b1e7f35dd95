package dev.barnabas.storage.log;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.CorruptBatchException;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendOutcome;
import dev.barnabas.storage.AppendResult;
import dev.barnabas.storage.CompactionTask;
import dev.barnabas.storage.EpochEndOffset;
import dev.barnabas.storage.FlushTask;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.ProducerState;
import dev.barnabas.storage.ReadResult;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.TimestampAndOffset;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * {@link PartitionLog} over segments in a directory of its own. The last segment is active; the others are sealed.
 *
 * <p>An error of the disk takes the whole log directory offline: what a failed write left behind is cut off if the disk
 * lets us, and by recovery if not.
 */
final class SegmentedLog implements PartitionLog {
    private final LogEnvironment environment;
    private final TopicPartition topicPartition;
    private final Segments segments;
    private final ProducerStates producers;
    private final LeaderEpochs epochs;
    private final Unflushed unflushed;
    private final RecordBatches cursor = new RecordBatches();

    private final String directory;

    private volatile Uuid topicId;
    private LogConfig config;
    private long activeJitterMs;
    private volatile boolean closed;

    private volatile long logStartOffset;
    private volatile long logEndOffset;
    private volatile long highWatermark;
    private volatile long lastStableOffset;
    /** Below this offset the log is compacted. */
    private volatile long cleanedTo;

    /** The offset that the next batch staged gets: the log's end, but while appends wait for their common write. */
    private long stagedEndOffset;

    /** A log that begins, empty, at offset 0 in a directory that was just made. */
    SegmentedLog(
            LogEnvironment environment,
            String directory,
            TopicPartition topicPartition,
            Uuid topicId,
            LogConfig config) {
        this(
                environment,
                directory,
                topicPartition,
                topicId,
                config,
                LogRecovery.Loaded.empty(LogSegment.create(environment, directory, 0)),
                new LogRecovery.Hints(true, 0, 0, 0, 0));
        unflushed.onDirectoryChanged();
        unflushed.onMetadataWritten();
    }

    /** A log that was found. */
    SegmentedLog(
            LogEnvironment environment,
            String directory,
            TopicPartition topicPartition,
            Uuid topicId,
            LogConfig config,
            LogRecovery.Loaded loaded,
            LogRecovery.Hints hints) {
        this.environment = environment;
        this.directory = directory;
        this.topicPartition = topicPartition;
        this.topicId = topicId;
        this.config = config;
        this.segments = new Segments(environment, directory, loaded.segments());
        this.producers = loaded.producers();
        this.epochs = loaded.epochs();
        this.logStartOffset = loaded.logStartOffset();
        this.logEndOffset = loaded.logEndOffset();
        this.unflushed = new Unflushed(
                environment,
                directory,
                segments,
                epochs,
                Math.min(hints.recoveryPoint(), logEndOffset),
                loaded.recovered());
        this.cleanedTo = hints.cleanedTo();
        this.highWatermark = Math.max(logStartOffset, Math.min(hints.highWatermark(), logEndOffset));
        producers.onHighWatermark(this.highWatermark);
        this.lastStableOffset = stableOffset();
        this.activeJitterMs = jitterMs();
    }

    // ---- offsets

    @Override
    public TopicPartition topicPartition() {
        return topicPartition;
    }

    @Override
    public Uuid topicId() {
        return topicId;
    }

    /** Ties a log whose {@code partition.metadata} was lost to its topic again. */
    void assignTopicId(Uuid id) {
        try {
            PartitionMetadata.write(environment.files(), directory, id);
        } catch (IOException e) {
            throw environment.health().fail("write the topic id of " + topicPartition, e);
        }
        topicId = id;
        unflushed.onMetadataWritten();
    }

    @Override
    public LogConfig config() {
        return config;
    }

    @Override
    public void updateConfig(LogConfig newConfig) {
        config = newConfig;
        activeJitterMs = jitterMs();
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    @Override
    public long logEndOffset() {
        return logEndOffset;
    }

    @Override
    public long highWatermark() {
        return highWatermark;
    }

    @Override
    public long lastStableOffset() {
        return lastStableOffset;
    }

    @Override
    public long recoveryPoint() {
        return unflushed.recoveryPoint();
    }

    @Override
    public long sizeInBytes() {
        return segments.sizeInBytes();
    }

    @Override
    public boolean updateHighWatermark(long offset) {
        long raised = Math.min(offset, logEndOffset);
        if (raised <= highWatermark) {
            return false;
        }
        highWatermark = raised;
        producers.onHighWatermark(raised);
        lastStableOffset = stableOffset();
        return true;
    }

    private long stableOffset() {
        long unstable = producers.firstUnstableOffset();
        return unstable < 0 || unstable >= highWatermark ? highWatermark : Math.max(unstable, logStartOffset);
    }

    // ---- append: batches are checked and staged, their offsets and producers noted, then written together

    @Override
    public List<AppendOutcome> appendAsLeader(List<ByteBuf> group, int leaderEpoch, AppendOrigin origin, long nowMs) {
        begin();
        var outcomes = new ArrayList<AppendOutcome>(group.size());
        try {
            try {
                for (var batches : group) {
                    outcomes.add(stageAsLeader(batches, leaderEpoch, origin, nowMs));
                }
            } finally {
                writeStaged(nowMs);
            }
        } catch (StorageException e) {
            failUnwritten(outcomes, group.size(), e);
        }
        return outcomes;
    }

    /** From the first that is not in the log on, each gets the outcome that it would have had after that one failed. */
    private void failUnwritten(List<AppendOutcome> outcomes, int count, StorageException failure) {
        int written = 0;
        while (written < outcomes.size() && !isUnwritten(outcomes.get(written))) {
            written++;
        }
        outcomes.subList(written, outcomes.size()).clear();
        while (outcomes.size() < count) {
            outcomes.add(new AppendOutcome(null, failure));
        }
    }

    private boolean isUnwritten(AppendOutcome outcome) {
        return outcome.result() != null && outcome.result().lastOffset() >= logEndOffset;
    }

    private AppendOutcome stageAsLeader(ByteBuf batches, int leaderEpoch, AppendOrigin origin, long nowMs) {
        try {
            return new AppendOutcome(checkAndStage(batches, leaderEpoch, origin, nowMs), null);
        } catch (StorageException e) {
            throw e;
        } catch (ApiException e) {
            return new AppendOutcome(null, e);
        }
    }

    private AppendResult checkAndStage(ByteBuf batches, int leaderEpoch, AppendOrigin origin, long nowMs) {
        long first = stagedEndOffset;
        long next = first;
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        int count = 0;
        cursor.reset(batches);
        while (nextBatch()) {
            var batch = cursor.batch();
            if (batch.hasProducerId()) {
                if (origin == AppendOrigin.CLIENT) {
                    requireAlone(batch, batches);
                    var duplicate = duplicateOf(batch);
                    if (duplicate != null) {
                        return duplicate;
                    }
                }
                producers.check(batch, origin, next);
            }
            batch.setBaseOffset(next);
            batch.setPartitionLeaderEpoch(leaderEpoch);
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
            next = batch.nextOffset();
            count++;
        }
        return stage(batches, count, first, next, maxTimestamp, nowMs);
    }

    @Override
    public AppendResult appendAsFollower(ByteBuf batches, long nowMs) {
        begin();
        long first = -1;
        long next = logEndOffset;
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        int count = 0;
        cursor.reset(batches);
        while (nextBatch()) {
            var batch = cursor.batch();
            if (batch.baseOffset() < next) {
                throw invalid("base offset: " + batch.baseOffset() + " (expected: at least " + next + ")");
            }
            first = count == 0 ? batch.baseOffset() : first;
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
            next = batch.nextOffset();
            count++;
        }
        try {
            return stage(batches, count, first, next, maxTimestamp, nowMs);
        } finally {
            writeStaged(nowMs);
        }
    }

    private void begin() {
        requireUsable();
        stagedEndOffset = logEndOffset;
    }

    private boolean nextBatch() {
        try {
            if (!cursor.next()) {
                return false;
            }
        } catch (CorruptBatchException e) {
            throw invalid(e.getMessage());
        }
        if (cursor.batch().magic() != RecordBatch.MAGIC_V2) {
            throw invalid("batch magic: " + cursor.batch().magic() + " (expected: 2)");
        }
        return true;
    }

    private ApiException invalid(@Nullable String reason) {
        return new ApiException(ErrorCode.INVALID_RECORD, topicPartition + ": " + reason);
    }

    /** An idempotent producer's request holds one batch (KIP-98); so the check of one does not depend on another. */
    private void requireAlone(RecordBatch batch, ByteBuf batches) {
        if (batch.sizeInBytes() != batches.readableBytes()) {
            throw invalid("bytes of the only batch of producer " + batch.producerId() + ": " + batch.sizeInBytes()
                    + " (expected: " + batches.readableBytes() + ")");
        }
    }

    private @Nullable AppendResult duplicateOf(RecordBatch batch) {
        var producer = producers.get(batch.producerId());
        int slot = producer == null ? -1 : producer.findDuplicate(batch);
        if (producer == null || slot < 0) {
            return null;
        }
        long timestampMs = producer.timestampMs(slot);
        return new AppendResult(
                producer.firstOffset(slot), producer.lastOffset(slot), timestampMs, timestampMs, logStartOffset, true);
    }

    private AppendResult stage(ByteBuf batches, int count, long first, long next, long maxTimestamp, long nowMs) {
        int length = batches.readableBytes();
        if (count == 0 || cursor.bytesLeft() > 0) {
            throw invalid("bytes after " + count + " whole batches: " + cursor.bytesLeft() + " (expected: 0)");
        }
        if (length > config.segmentBytes()) {
            throw new ApiException(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    topicPartition + ": bytes appended: " + length + " (expected: at most segment.bytes "
                            + config.segmentBytes() + ")");
        }
        try {
            if (!segments.active().hasRoomToStage(length)) {
                writeStaged(nowMs);
            }
            if (Rolling.isDue(segments.active(), config, activeJitterMs, length, maxTimestamp, next - 1, nowMs)) {
                writeStaged(nowMs);
                roll(nowMs);
            }
            var active = segments.active();
            int position = active.endPosition();
            active.stage(batches, nowMs);
            note(batches, position);
        } catch (IOException e) {
            throw environment.health().fail("append to " + topicPartition, e);
        } finally {
            cursor.clear();
        }
        stagedEndOffset = next;
        long logAppendTimeMs = config.logAppendTime() ? maxTimestamp : RecordBatch.NO_TIMESTAMP;
        return new AppendResult(first, next - 1, maxTimestamp, logAppendTimeMs, logStartOffset, false);
    }

    /** Before the write, so that the next append is checked against this one; a write that fails ends the log's service. */
    private void note(ByteBuf batches, int position) throws IOException {
        var active = segments.active();
        int at = position;
        cursor.reset(batches);
        while (cursor.next()) {
            var batch = cursor.batch();
            active.index(batch, at, config.indexIntervalBytes());
            epochs.onBatch(batch.partitionLeaderEpoch(), batch.baseOffset());
            if (batch.hasProducerId()) {
                var decided = producers.onBatch(batch);
                if (decided != null && decided.aborted()) {
                    active.addAborted(new AbortedTransaction(
                            decided.producerId(),
                            decided.firstOffset(),
                            decided.markerOffset(),
                            producers.firstUndecidedOffset(decided.markerOffset() + 1)));
                }
            }
            at += batch.sizeInBytes();
        }
    }

    private void writeStaged(long nowMs) {
        var active = segments.active();
        int bytes;
        try {
            bytes = active.writeStaged();
        } catch (IOException e) {
            throw environment.health().fail("append to " + topicPartition, e);
        } catch (RuntimeException | Error bug) {
            throw environment.health().fail("append to " + topicPartition, new IOException("write: " + bug, bug));
        }
        if (bytes > 0) {
            unflushed.onAppended(nowMs, bytes == active.sizeInBytes());
            segments.onAppended(bytes);
            logEndOffset = stagedEndOffset;
        }
    }

    // ---- rolling

    private long jitterMs() {
        long bound = Math.min(config.segmentJitterMs(), config.segmentMs());
        return bound <= 0 ? 0 : environment.random().nextLong(bound);
    }

    private void roll(long nowMs) throws IOException {
        saveSnapshot(logEndOffset);
        segments.roll(logEndOffset, nowMs + config.fileDeleteDelayMs());
        activeJitterMs = jitterMs();
        unflushed.onRolled();
    }

    private void saveSnapshot(long offset) throws IOException {
        environment.files().write(snapshotPath(offset), ProducerSnapshot.write(producers));
    }

    private String snapshotPath(long offset) {
        return SegmentFiles.path(directory, offset, SegmentFiles.PRODUCER_SNAPSHOT);
    }

    // ---- read

    @Override
    public ReadResult read(long offset, int maxBytes, long upperOffset, boolean minOneBatch) {
        requireUsable();
        long end = logEndOffset;
        if (offset < logStartOffset || offset > end) {
            throw new ApiException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    topicPartition + ": offset: " + offset + " (expected: " + logStartOffset + " to " + end + ")");
        }
        if (offset >= upperOffset || offset == end) {
            return new ReadResult(EmptySlice.INSTANCE, offset, false);
        }
        try {
            return segments.read(offset, maxBytes, upperOffset, end, minOneBatch);
        } catch (IOException e) {
            throw environment.health().fail("read from " + topicPartition, e);
        } catch (CorruptBatchException e) {
            throw corrupt(e);
        }
    }

    private ApiException corrupt(CorruptBatchException e) {
        return new ApiException(ErrorCode.CORRUPT_MESSAGE, topicPartition + ": " + e.getMessage());
    }

    @Override
    public List<AbortedTransaction> abortedTransactions(long fromOffset, long upperOffset) {
        requireUsable();
        try {
            return segments.abortedTransactions(fromOffset, upperOffset);
        } catch (IOException e) {
            throw environment.health().fail("read from " + topicPartition, e);
        }
    }

    @Override
    public @Nullable TimestampAndOffset offsetForTimestamp(long timestampMs, long upperOffset) {
        requireUsable();
        try {
            return timestampSearch(upperOffset).first(timestampMs);
        } catch (IOException e) {
            throw environment.health().fail("read from " + topicPartition, e);
        } catch (CorruptBatchException e) {
            throw corrupt(e);
        }
    }

    @Override
    public @Nullable TimestampAndOffset offsetOfMaxTimestamp(long upperOffset) {
        requireUsable();
        try {
            return timestampSearch(upperOffset).max();
        } catch (IOException e) {
            throw environment.health().fail("read from " + topicPartition, e);
        } catch (CorruptBatchException e) {
            throw corrupt(e);
        }
    }

    private TimestampSearch timestampSearch(long upperOffset) {
        return new TimestampSearch(environment.allocator(), segments.all(), logStartOffset, upperOffset);
    }

    // ---- epochs

    @Override
    public OptionalInt latestEpoch() {
        return epochs.latest();
    }

    @Override
    public EpochEndOffset endOffsetForEpoch(int epoch) {
        return epochs.endOffsetFor(epoch, logEndOffset);
    }

    @Override
    public OptionalInt epochForOffset(long offset) {
        return epochs.epochAt(offset);
    }

    // ---- shortening

    @Override
    public boolean advanceLogStartOffset(long offset, long nowMs) {
        requireUsable();
        if (offset > highWatermark) {
            throw new ApiException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    topicPartition + ": log start offset: " + offset + " (expected: at most the high watermark "
                            + highWatermark + ")");
        }
        if (offset <= logStartOffset) {
            return false;
        }
        setLogStart(offset);
        try {
            segments.deleteOldest(segments.countBelow(offset), nowMs + config.fileDeleteDelayMs());
        } catch (IOException e) {
            throw environment.health().fail("delete segments of " + topicPartition, e);
        }
        return true;
    }

    private void setLogStart(long offset) {
        logStartOffset = offset;
        epochs.truncateFromStart(offset);
        lastStableOffset = stableOffset();
    }

    @Override
    public int applyRetention(long nowMs) {
        requireUsable();
        try {
            int expired = Retention.expired(segments.all(), config, logStartOffset, highWatermark, logEndOffset, nowMs);
            if (expired > 0) {
                if (expired == segments.all().size()) {
                    roll(nowMs);
                }
                segments.deleteOldest(expired, nowMs + config.fileDeleteDelayMs());
                if (segments.firstOffset() > logStartOffset) {
                    setLogStart(segments.firstOffset());
                }
            }
            return expired;
        } catch (IOException e) {
            throw environment.health().fail("delete segments of " + topicPartition, e);
        }
    }

    @Override
    public void truncateTo(long offset) {
        requireUsable();
        if (offset >= logEndOffset) {
            return;
        }
        if (offset <= segments.firstOffset()) {
            truncateFullyAndStartAt(offset);
            return;
        }
        try {
            segments.truncateTo(offset, config.indexIntervalBytes());
            producerLoader().deleteSnapshotsAbove(offset);
            producerLoader().load(offset);
        } catch (IOException e) {
            throw environment.health().fail("truncate " + topicPartition, e);
        }
        epochs.truncateFromEnd(offset);
        afterTruncation(Math.min(logStartOffset, offset), offset);
    }

    @Override
    public void truncateFullyAndStartAt(long offset) {
        requireUsable();
        try {
            segments.restartAt(offset);
            producers.clear();
            producerLoader().deleteSnapshotsAbove(-1);
        } catch (IOException e) {
            throw environment.health().fail("truncate " + topicPartition, e);
        }
        epochs.clear();
        afterTruncation(offset, offset);
    }

    private ProducerLoader producerLoader() {
        return new ProducerLoader(environment.files(), directory, segments.all(), producers);
    }

    private void afterTruncation(long start, long end) {
        logStartOffset = start;
        logEndOffset = end;
        highWatermark = Math.max(start, Math.min(highWatermark, end));
        cleanedTo = Math.min(cleanedTo, end);
        producers.onHighWatermark(highWatermark);
        lastStableOffset = stableOffset();
        unflushed.onTruncated(end);
    }

    // ---- producers

    @Override
    public List<ProducerState> activeProducers() {
        return producers.describe();
    }

    @Override
    public void expireProducers(long nowMs) {
        producers.expire(nowMs, config.producerIdExpirationMs());
    }

    // ---- flush

    @Override
    public boolean isFlushDue(long nowMs) {
        return unflushed.isFlushDue(config, logEndOffset, nowMs);
    }

    @Override
    public FlushTask prepareFlush() {
        requireUsable();
        try {
            return unflushed.prepareFlush(logEndOffset);
        } catch (IOException e) {
            throw environment.health().fail("flush " + topicPartition, e);
        }
    }

    @Override
    public void onFlushed(FlushTask task) {
        unflushed.onFlushed(task);
    }

    // ---- compaction

    @Override
    public @Nullable CompactionTask prepareCompaction(long nowMs, long offsetMapBytesMax) {
        requireUsable();
        if (!config.compact()) {
            return null;
        }
        try {
            var plan = CompactionPlan.of(
                    segments.all(),
                    config,
                    logStartOffset,
                    Math.min(lastStableOffset, segments.active().baseOffset()),
                    cleanedTo,
                    nowMs);
            if (plan == null) {
                return null;
            }
            return compaction(plan, nowMs, offsetMapBytesMax);
        } catch (IOException e) {
            throw environment.health().fail("compact " + topicPartition, e);
        }
    }

    private Compaction compaction(CompactionPlan plan, long nowMs, long offsetMapBytesMax) throws IOException {
        List<AbortedTransaction> aborted;
        try {
            aborted = segments.abortedTransactions(segments.firstOffset(), plan.endOffset());
        } catch (IOException e) {
            plan.release();
            throw e;
        }
        return new Compaction(
                environment,
                directory,
                config,
                plan.sources(),
                plan.firstDirtyOffset(),
                aborted,
                producers.lastBatches(),
                nowMs,
                offsetMapBytesMax,
                () -> closed);
    }

    @Override
    public void onCompacted(CompactionTask task, long nowMs) {
        requireUsable();
        var compaction = (Compaction) task;
        try {
            for (var replacement : compaction.replacements()) {
                segments.replace(replacement, nowMs, nowMs + config.fileDeleteDelayMs());
            }
        } catch (IOException e) {
            throw environment.health().fail("put compacted segments in place in " + topicPartition, e);
        }
        cleanedTo = Math.min(Math.max(cleanedTo, compaction.cleanedTo()), logEndOffset);
        unflushed.onDirectoryChanged();
    }

    /** Below this offset the log is compacted; 0 if it never was. Any thread. */
    long cleanedTo() {
        return cleanedTo;
    }

    // ---- the end

    /** Writes and forces what a clean shutdown leaves behind, but for the entry of its directory in the one above. */
    void saveCleanly() throws IOException {
        if (closed) {
            return;
        }
        if (unflushed.isChanged()) {
            segments.active().saveIndexes();
            saveSnapshot(logEndOffset);
            var flush = unflushed.prepareLastFlush(logEndOffset);
            flush.run();
            unflushed.onFlushed(flush);
        }
    }

    /** Lets go of the files. */
    void close() {
        closed = true;
        segments.close();
    }

    /** The name of the directory. */
    String directory() {
        return directory;
    }

    /** Whether the log begins later than its first segment, so that the log start must be remembered. Any thread. */
    boolean startsInsideSegment() {
        return logStartOffset > segments.firstOffset();
    }

    private void requireUsable() {
        environment.health().requireOnline();
        if (closed) {
            throw new StorageException("log: " + topicPartition + " is closed");
        }
    }
}
