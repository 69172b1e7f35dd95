package dev.barnabas.storage.log;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.record.CorruptBatchException;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.AppendFailedException;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendOutcome;
import dev.barnabas.storage.AppendResult;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves the end of a log: on by appends, back by truncation.
 *
 * <p>Batches are checked and staged, their offsets and producers noted so that the next are checked against them, and then
 * written together. What was noted and then not written, for whatever reason, is undone; if it cannot be, the log directory
 * goes offline.
 */
final class LogWriter {
    private final LogEnvironment environment;
    private final String directory;
    private final TopicPartition topicPartition;
    private final Segments segments;
    private final ProducerStates producers;
    private final LeaderEpochs epochs;
    private final Unflushed unflushed;
    private final RecordBatches cursor = new RecordBatches();

    private LogConfig config;
    private long activeJitterMs;
    private volatile long endOffset;
    /** The offset that the next batch staged gets: the log's end, but while appends wait for their common write. */
    private long stagedEndOffset;
    /** Whether the call noted batches of producers: these may know more than what is written, if it fails. */
    private boolean producersNoted;

    LogWriter(
            LogEnvironment environment,
            String directory,
            TopicPartition topicPartition,
            Segments segments,
            ProducerStates producers,
            LeaderEpochs epochs,
            Unflushed unflushed,
            LogConfig config,
            long endOffset) {
        this.environment = environment;
        this.directory = directory;
        this.topicPartition = topicPartition;
        this.segments = segments;
        this.producers = producers;
        this.epochs = epochs;
        this.unflushed = unflushed;
        this.config = config;
        this.endOffset = endOffset;
        this.activeJitterMs = jitterMs();
    }

    /** The offset after the last batch that is written. Any thread. */
    long endOffset() {
        return endOffset;
    }

    void updateConfig(LogConfig newConfig) {
        config = newConfig;
        activeJitterMs = jitterMs();
    }

    // ---- as the leader

    /** See {@link dev.barnabas.storage.PartitionLog#appendAsLeader(List, int, AppendOrigin, long)}. */
    List<AppendOutcome> appendAsLeader(
            List<ByteBuf> group, int leaderEpoch, AppendOrigin origin, long logStartOffset, long nowMs) {
        begin();
        var outcomes = new ArrayList<AppendOutcome>(group.size());
        try {
            for (var batches : group) {
                outcomes.add(stageAsLeader(batches, leaderEpoch, origin, logStartOffset, nowMs));
            }
            writeStaged(nowMs);
        } catch (RuntimeException | Error failure) {
            failUnwritten(outcomes, group.size(), onFailure(failure, nowMs));
        }
        return outcomes;
    }

    /**
     * From the first that is not in the log on, each fails: those that were refused too, as they were checked against what
     * is not there. Only a retry of what is in the log has its answer, while there is a log.
     */
    private void failUnwritten(List<AppendOutcome> outcomes, int count, ApiException failure) {
        var failed = new AppendOutcome(null, failure);
        boolean goesOn = !(failure instanceof StorageException);
        boolean anyUnwritten = false;
        for (int i = 0; i < outcomes.size(); i++) {
            var result = outcomes.get(i).result();
            anyUnwritten |= result != null && result.lastOffset() >= endOffset;
            boolean isRetryOfWritten = goesOn && result != null && result.lastOffset() < endOffset;
            if (anyUnwritten && !isRetryOfWritten) {
                outcomes.set(i, failed);
            }
        }
        while (outcomes.size() < count) {
            outcomes.add(failed);
        }
    }

    private AppendOutcome stageAsLeader(
            ByteBuf batches, int leaderEpoch, AppendOrigin origin, long logStartOffset, long nowMs) {
        try {
            return checkAndStage(batches, leaderEpoch, origin, logStartOffset, nowMs);
        } catch (StorageException e) {
            throw e;
        } catch (ApiException e) {
            return new AppendOutcome(null, e);
        }
    }

    /** The outcome is made first, so that no lack of memory leaves a batch that is staged without one. */
    private AppendOutcome checkAndStage(
            ByteBuf batches, int leaderEpoch, AppendOrigin origin, long logStartOffset, long nowMs) {
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
                    var duplicate = duplicateOf(batch, logStartOffset);
                    if (duplicate != null) {
                        return new AppendOutcome(duplicate, null);
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
        requireWhole(batches, count);
        var outcome = new AppendOutcome(result(first, next, maxTimestamp, logStartOffset), null);
        stage(batches, next, maxTimestamp, nowMs);
        return outcome;
    }

    /** An idempotent producer's request holds one batch (KIP-98); so the check of one does not depend on another. */
    private void requireAlone(RecordBatch batch, ByteBuf batches) {
        if (batch.sizeInBytes() != batches.readableBytes()) {
            throw invalid("bytes of the only batch of producer " + batch.producerId() + ": " + batch.sizeInBytes()
                    + " (expected: " + batches.readableBytes() + ")");
        }
    }

    private @Nullable AppendResult duplicateOf(RecordBatch batch, long logStartOffset) {
        var producer = producers.get(batch.producerId());
        int slot = producer == null ? -1 : producer.findDuplicate(batch);
        if (producer == null || slot < 0) {
            return null;
        }
        long timestampMs = producer.timestampMs(slot);
        return new AppendResult(
                producer.firstOffset(slot), producer.lastOffset(slot), timestampMs, timestampMs, logStartOffset, true);
    }

    // ---- as a follower

    /** See {@link dev.barnabas.storage.PartitionLog#appendAsFollower}. */
    AppendResult appendAsFollower(ByteBuf batches, long logStartOffset, long nowMs) {
        begin();
        try {
            var result = checkAndStage(batches, logStartOffset, nowMs);
            writeStaged(nowMs);
            return result;
        } catch (RuntimeException | Error failure) {
            throw onFailure(failure, nowMs);
        }
    }

    private AppendResult checkAndStage(ByteBuf batches, long logStartOffset, long nowMs) {
        long first = -1;
        long next = endOffset;
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
        requireWhole(batches, count);
        var result = result(first, next, maxTimestamp, logStartOffset);
        stage(batches, next, maxTimestamp, nowMs);
        return result;
    }

    // ---- as either

    private void begin() {
        stagedEndOffset = endOffset;
        producersNoted = false;
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

    private void requireWhole(ByteBuf batches, int count) {
        if (count == 0 || cursor.bytesLeft() > 0) {
            throw invalid("bytes after " + count + " whole batches: " + cursor.bytesLeft() + " (expected: 0)");
        }
        if (batches.readableBytes() > config.segmentBytes()) {
            throw new ApiException(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    topicPartition + ": bytes appended: " + batches.readableBytes()
                            + " (expected: at most segment.bytes " + config.segmentBytes() + ")");
        }
    }

    private ApiException invalid(@Nullable String reason) {
        return new ApiException(ErrorCode.INVALID_RECORD, topicPartition + ": " + reason);
    }

    private AppendResult result(long first, long next, long maxTimestamp, long logStartOffset) {
        long logAppendTimeMs = config.logAppendTime() ? maxTimestamp : RecordBatch.NO_TIMESTAMP;
        return new AppendResult(first, next - 1, maxTimestamp, logAppendTimeMs, logStartOffset, false);
    }

    /** Notes and stages what was checked; so it refuses nothing, and after it only the write can fail. */
    private void stage(ByteBuf batches, long next, long maxTimestamp, long nowMs) {
        int length = batches.readableBytes();
        try {
            if (!segments.active().hasRoomToStage(length)) {
                writeStaged(nowMs);
            }
            if (Rolling.isDue(segments.active(), config, activeJitterMs, length, maxTimestamp, next - 1, nowMs)) {
                writeStaged(nowMs);
                roll(nowMs);
            }
            note(batches);
            segments.active().stage(batches, nowMs);
            stagedEndOffset = next;
        } catch (IOException e) {
            throw offline(e);
        } finally {
            cursor.clear();
        }
    }

    /** Before the write, so that the next append is checked against this one. */
    private void note(ByteBuf batches) throws IOException {
        var active = segments.active();
        int at = active.endPosition();
        cursor.reset(batches);
        while (cursor.next()) {
            var batch = cursor.batch();
            active.index(batch, at, config.indexIntervalBytes());
            epochs.onBatch(batch.partitionLeaderEpoch(), batch.baseOffset());
            if (batch.hasProducerId()) {
                noteProducer(batch, active);
            }
            at += batch.sizeInBytes();
        }
    }

    private void noteProducer(RecordBatch batch, LogSegment active) throws IOException {
        producersNoted = true;
        ProducerStates.Decided decided;
        try {
            decided = producers.onBatch(batch);
        } catch (ApiException e) {
            throw new IllegalStateException("batch: checked, and not understood: " + e.getMessage(), e);
        }
        if (decided != null && decided.aborted()) {
            active.addAborted(new AbortedTransaction(
                    decided.producerId(),
                    decided.firstOffset(),
                    decided.markerOffset(),
                    producers.firstUndecidedOffset(decided.markerOffset() + 1)));
        }
    }

    private void writeStaged(long nowMs) {
        var active = segments.active();
        int bytes;
        try {
            bytes = active.writeStaged();
        } catch (IOException e) {
            throw offline(e);
        }
        if (bytes > 0) {
            unflushed.onAppended(nowMs, bytes == active.sizeInBytes());
            segments.onAppended(bytes);
            endOffset = stagedEndOffset;
        }
    }

    private StorageException offline(IOException cause) {
        return environment.health().fail("append to " + topicPartition, cause);
    }

    // ---- when an append fails

    /**
     * Writes what was staged before all the same, unless it was the write that failed, and undoes what was noted of the
     * others.
     *
     * @return what those that are not in the log fail with
     */
    private ApiException onFailure(Throwable failure, long nowMs) {
        try {
            writeStaged(nowMs);
        } catch (RuntimeException | Error again) {
            addSuppressed(failure, again);
        }
        if (failure instanceof ApiException known) {
            return known;
        }
        try {
            undo();
        } catch (IOException | RuntimeException | Error again) {
            addSuppressed(failure, again);
            return offline(new IOException("write: " + failure + "; undoing it: " + again, failure));
        }
        return new AppendFailedException(topicPartition + ": the broker failed", failure);
    }

    /** The virtual machine throws the same error again when memory is short. */
    private static void addSuppressed(Throwable failure, Throwable again) {
        if (again != failure) {
            failure.addSuppressed(again);
        }
    }

    /**
     * Undoes what was noted of batches that are not written. Memory may be what is short: this takes a buffer of at most
     * 256 KiB, off the heap, for what lies behind the last entry of the index, mostly less than
     * {@code index.interval.bytes}. If batches of producers were noted it takes one for what lies behind their last snapshot,
     * and for each producer some 300 bytes of heap.
     */
    private void undo() throws IOException {
        segments.truncateTo(endOffset, config.indexIntervalBytes());
        if (producersNoted) {
            producerLoader().load(endOffset);
        }
        epochs.truncateFromEnd(endOffset);
    }

    // ---- rolling

    /** Seals the active segment and begins another at the log's end. */
    void roll(long nowMs) throws IOException {
        unflushed.onRolled();
        saveSnapshot();
        segments.roll(endOffset, nowMs + config.fileDeleteDelayMs());
        activeJitterMs = jitterMs();
    }

    private long jitterMs() {
        long bound = Math.min(config.segmentJitterMs(), config.segmentMs());
        return bound <= 0 ? 0 : environment.random().nextLong(bound);
    }

    /** Writes down the producers as they are at the log's end. */
    void saveSnapshot() throws IOException {
        environment
                .files()
                .write(
                        SegmentFiles.path(directory, endOffset, SegmentFiles.PRODUCER_SNAPSHOT),
                        ProducerSnapshot.write(producers));
    }

    // ---- truncation

    /** Drops everything at and above {@code offset}, which lies above the first segment's and below the end. */
    void truncateTo(long offset) throws IOException {
        segments.truncateTo(offset, config.indexIntervalBytes());
        var loader = producerLoader();
        loader.deleteSnapshotsAbove(offset);
        loader.load(offset);
        epochs.truncateFromEnd(offset);
        endOffset = offset;
    }

    /** Drops everything and begins anew, empty, at {@code offset}. */
    void restartAt(long offset) throws IOException {
        segments.restartAt(offset);
        producers.clear();
        producerLoader().deleteSnapshotsAbove(-1);
        epochs.clear();
        endOffset = offset;
    }

    private ProducerLoader producerLoader() {
        return new ProducerLoader(environment.files(), directory, segments.all(), producers);
    }
}
