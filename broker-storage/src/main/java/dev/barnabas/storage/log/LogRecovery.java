package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.CorruptBatchException;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files of one log. After a clean shutdown only the end of the last segment is looked at. Otherwise every
 * segment from the recovery point on is read: it is cut at the first batch that is damaged, later segments are deleted,
 * and the indexes, leader epochs and producers are built anew.
 */
final class LogRecovery {
    private static final Logger log = LoggerFactory.getLogger(LogRecovery.class);

    /**
     * What the checkpoints say of a log.
     *
     * @param clean whether the directory was shut down cleanly
     */
    record Hints(boolean clean, long recoveryPoint, long logStartOffset, long highWatermark, long cleanedTo) {}

    /**
     * A log as its files hold it; the last segment is active.
     *
     * @param recovered whether there was no clean shutdown
     */
    record Loaded(
            List<LogSegment> segments,
            ProducerStates producers,
            LeaderEpochs epochs,
            long logStartOffset,
            long logEndOffset,
            boolean recovered) {

        /** A log without a record, which begins with {@code active}. */
        static Loaded empty(LogSegment active) {
            var segments = new ArrayList<LogSegment>(1);
            segments.add(active);
            return new Loaded(
                    segments,
                    new ProducerStates(),
                    new LeaderEpochs(),
                    active.baseOffset(),
                    active.baseOffset(),
                    false);
        }
    }

    private final LogEnvironment environment;
    private final FileSystem files;
    private final String directory;
    private final LogConfig config;
    private final Hints hints;
    private final long nowMs;
    private final List<LogSegment> segments = new ArrayList<>();
    private final ProducerStates producers = new ProducerStates();
    private final LeaderEpochs epochs = new LeaderEpochs();
    private final ProducerLoader loader;

    LogRecovery(LogEnvironment environment, String directory, LogConfig config, Hints hints, long nowMs) {
        this.environment = environment;
        this.files = environment.files();
        this.directory = directory;
        this.config = config;
        this.hints = hints;
        this.nowMs = nowMs;
        this.loader = new ProducerLoader(files, directory, segments, producers);
    }

    Loaded load() throws IOException {
        openSegments();
        epochs.restore(Checkpoints.readEpochs(files, directory + "/" + LeaderEpochs.FILE));
        long logEnd = hints.clean() ? activateLast() : recoverFrom(hints.recoveryPoint());
        if (logEnd < hints.logStartOffset()) {
            log.warn(
                    "Emptied a log that ends before it begins log={} logEndOffset={} logStartOffset={}",
                    directory,
                    logEnd,
                    hints.logStartOffset());
            logEnd = beginAnewAt(hints.logStartOffset());
        }
        long logStart = Math.max(hints.logStartOffset(), segments.get(0).baseOffset());
        epochs.truncateFromEnd(logEnd);
        epochs.truncateFromStart(logStart);
        loader.deleteStraySnapshots(logEnd);
        return new Loaded(segments, producers, epochs, logStart, logEnd, !hints.clean());
    }

    // ---- files

    private void openSegments() throws IOException {
        SegmentSwap.recover(environment, directory);
        var names = files.files(directory);
        var bases = new TreeSet<Long>();
        for (var name : names) {
            long base = SegmentFiles.offsetOf(name, SegmentFiles.LOG);
            if (base >= 0) {
                bases.add(base);
            }
        }
        for (var name : names) {
            if (isLeftOver(name) || isOrphan(name, bases)) {
                files.delete(directory + "/" + name);
            }
        }
        for (long base : bases) {
            segments.add(LogSegment.existing(environment, directory, base, nowMs));
        }
        if (segments.isEmpty()) {
            segments.add(LogSegment.create(environment, directory, Math.max(0, hints.logStartOffset())));
        }
    }

    private static boolean isLeftOver(String name) {
        return name.endsWith(SegmentFiles.DELETED)
                || name.endsWith(SegmentFiles.CLEANED)
                || name.endsWith(SegmentFiles.SWAP)
                || name.endsWith(".tmp");
    }

    private static boolean isOrphan(String name, Set<Long> bases) {
        for (var suffix : List.of(SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_INDEX)) {
            long base = SegmentFiles.offsetOf(name, suffix);
            if (base >= 0 && !bases.contains(base)) {
                return true;
            }
        }
        return false;
    }

    private long beginAnewAt(long offset) throws IOException {
        for (var segment : segments) {
            segment.delete(nowMs);
        }
        segments.clear();
        producers.clear();
        loader.deleteSnapshotsAbove(-1);
        epochs.clear();
        var first = LogSegment.create(environment, directory, offset);
        first.createFile();
        segments.add(first);
        return offset;
    }

    // ---- a clean shutdown

    private long activateLast() throws IOException {
        var last = segments.get(segments.size() - 1);
        long logEnd;
        try {
            logEnd = last.activate(config.indexIntervalBytes());
        } catch (CorruptBatchException e) {
            return recoverFrom(last.baseOffset());
        }
        loader.load(logEnd);
        return logEnd;
    }

    // ---- a crash

    /**
     * Begins with the segment that holds the last offset known to be on disk: its indexes may not be.
     *
     * <p>A segment begins where the one before ends; a gap means that the disk lost the end of that one, unless its indexes
     * bear witness that compaction left it so.
     */
    private long recoverFrom(long recoveryPoint) throws IOException {
        int index = segments.size() - 1;
        while (index > 0 && segments.get(index).baseOffset() >= recoveryPoint) {
            index--;
        }
        long base = segments.get(index).baseOffset();
        epochs.truncateFromEnd(Math.max(base, recoveryPoint));
        loader.load(base);
        long logEnd = base;
        boolean complete = true;
        for (; index < segments.size(); index++) {
            var segment = segments.get(index);
            if (segment.baseOffset() != logEnd && (!complete || segment.baseOffset() < logEnd)) {
                deleteFrom(index, logEnd);
                break;
            }
            LogSegment.BatchVisitor visitor = (batch, scanner) -> onRecovered(segment, batch, scanner);
            var recovered = segment.recover(config.indexIntervalBytes(), visitor);
            logEnd = Math.max(logEnd, recovered.nextOffset());
            complete = recovered.complete();
        }
        sealAllButLast();
        return logEnd;
    }

    private void onRecovered(LogSegment segment, RecordBatch batch, BatchScanner scanner) throws IOException {
        epochs.onBatch(batch.partitionLeaderEpoch(), batch.baseOffset());
        var decided = loader.onBatch(batch, scanner);
        if (decided != null && decided.aborted()) {
            segment.addAborted(new AbortedTransaction(
                    decided.producerId(),
                    decided.firstOffset(),
                    decided.markerOffset(),
                    producers.firstUndecidedOffset(decided.markerOffset() + 1)));
        }
    }

    private void deleteFrom(int index, long logEnd) throws IOException {
        var after = segments.subList(index, segments.size());
        log.warn(
                "Deleted the segments that do not follow on what was recovered log={} logEndOffset={} segments={}",
                directory,
                logEnd,
                after.size());
        for (var segment : after) {
            segment.delete(nowMs);
        }
        after.clear();
    }

    private void sealAllButLast() throws IOException {
        for (var segment : segments.subList(0, segments.size() - 1)) {
            segment.seal();
        }
    }
}
