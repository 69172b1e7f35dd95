package dev.barnabas.storage.log;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.CorruptBatchException;
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
    private final LogWriter writer;

    private final String directory;

    private volatile Uuid topicId;
    private LogConfig config;
    private volatile boolean closed;

    private volatile long logStartOffset;
    private volatile long highWatermark;
    private volatile long lastStableOffset;
    /** Below this offset the log is compacted. */
    private volatile long cleanedTo;

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
        long end = loaded.logEndOffset();
        this.unflushed = new Unflushed(
                environment, directory, segments, epochs, Math.min(hints.recoveryPoint(), end), loaded.recovered());
        this.writer = new LogWriter(
                environment, directory, topicPartition, segments, producers, epochs, unflushed, config, end);
        this.cleanedTo = hints.cleanedTo();
        this.highWatermark = Math.max(logStartOffset, Math.min(hints.highWatermark(), end));
        producers.onHighWatermark(this.highWatermark);
        this.lastStableOffset = stableOffset();
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
        writer.updateConfig(newConfig);
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    @Override
    public long logEndOffset() {
        return writer.endOffset();
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
        long raised = Math.min(offset, logEndOffset());
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

    // ---- append

    @Override
    public List<AppendOutcome> appendAsLeader(List<ByteBuf> group, int leaderEpoch, AppendOrigin origin, long nowMs) {
        requireUsable();
        return writer.appendAsLeader(group, leaderEpoch, origin, logStartOffset, nowMs);
    }

    @Override
    public AppendResult appendAsFollower(ByteBuf batches, long nowMs) {
        requireUsable();
        return writer.appendAsFollower(batches, logStartOffset, nowMs);
    }

    // ---- read

    @Override
    public ReadResult read(long offset, int maxBytes, long upperOffset, boolean minOneBatch) {
        requireUsable();
        long end = logEndOffset();
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
        return epochs.endOffsetFor(epoch, logEndOffset());
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
            int expired =
                    Retention.expired(segments.all(), config, logStartOffset, highWatermark, logEndOffset(), nowMs);
            if (expired > 0) {
                if (expired == segments.all().size()) {
                    writer.roll(nowMs);
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
        if (offset >= logEndOffset()) {
            return;
        }
        if (offset <= segments.firstOffset()) {
            truncateFullyAndStartAt(offset);
            return;
        }
        try {
            writer.truncateTo(offset);
        } catch (IOException e) {
            throw environment.health().fail("truncate " + topicPartition, e);
        }
        afterTruncation(Math.min(logStartOffset, offset), offset);
    }

    @Override
    public void truncateFullyAndStartAt(long offset) {
        requireUsable();
        try {
            writer.restartAt(offset);
        } catch (IOException e) {
            throw environment.health().fail("truncate " + topicPartition, e);
        }
        afterTruncation(offset, offset);
    }

    private void afterTruncation(long start, long end) {
        logStartOffset = start;
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
        return unflushed.isFlushDue(config, logEndOffset(), nowMs);
    }

    @Override
    public FlushTask prepareFlush() {
        requireUsable();
        try {
            return unflushed.prepareFlush(logEndOffset());
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
        cleanedTo = Math.min(Math.max(cleanedTo, compaction.cleanedTo()), logEndOffset());
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
            writer.saveSnapshot();
            var flush = unflushed.prepareLastFlush(logEndOffset());
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
