package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.CorruptBatchException;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds the producers of a log as they were at an offset: from the newest usable snapshot and the batches after it.
 *
 * <p>A snapshot holds the last batch of each producer only. A producer that had several on their way when the broker
 * stopped sends them all again, and the earlier ones must be recognised too; so the batches shortly before the snapshot
 * are read for what it leaves out.
 */
final class ProducerLoader {
    private static final Logger log = LoggerFactory.getLogger(ProducerLoader.class);

    /** How far before a snapshot batches are looked for: some 60 batches of a Java producer's default {@code batch.size}. */
    private static final int RECALLED_BYTES_MAX = 1 << 20;

    private final FileSystem files;
    private final String directory;
    private final List<LogSegment> segments;
    private final ProducerStates producers;

    ProducerLoader(FileSystem files, String directory, List<LogSegment> segments, ProducerStates producers) {
        this.files = files;
        this.directory = directory;
        this.segments = segments;
        this.producers = producers;
    }

    /** Loads the state of a log that ends at {@code offset}. */
    void load(long offset) throws IOException {
        long from = restoreSnapshot(offset);
        if (producers.size() > 0) {
            recallBatches(from);
        }
        for (var segment : segments) {
            if (segment.baseOffset() >= offset) {
                return;
            }
            var first = from >= offset ? null : segment.find(from);
            if (first != null) {
                replay(segment, first.position(), from, offset);
            }
        }
    }

    /** Reads the newest usable snapshot at or below {@code offset}; returns where it ends. */
    private long restoreSnapshot(long offset) throws IOException {
        for (long candidate : snapshotOffsets().headSet(offset, true).descendingSet()) {
            var path = path(candidate);
            if (ProducerSnapshot.read(files.read(path), producers)) {
                return candidate;
            }
            log.warn("Deleted a damaged producer snapshot file={}", path);
            files.delete(path);
        }
        producers.clear();
        return segments.get(0).baseOffset();
    }

    /** Completes the batches of the producers, as of a snapshot that ends at {@code offset}. */
    private void recallBatches(long offset) throws IOException {
        int index = segments.size();
        int bytes = 0;
        while (index > 0 && bytes < RECALLED_BYTES_MAX) {
            var segment = segments.get(--index);
            bytes += segment.baseOffset() < offset ? segment.sizeInBytes() : 0;
        }
        var before = new ProducerStates();
        try {
            for (int skipped = Math.max(0, bytes - RECALLED_BYTES_MAX); index < segments.size(); index++) {
                var segment = segments.get(index);
                if (segment.baseOffset() < offset) {
                    recallBatches(segment, segment.indexes().offsets().floorPosition(skipped), offset, before);
                }
                skipped = 0;
            }
        } catch (CorruptBatchException e) {
            log.info("Read no batches before a producer snapshot log={} reason={}", directory, e.getMessage());
        }
        producers.recall(before);
    }

    private static void recallBatches(LogSegment segment, int position, long to, ProducerStates before)
            throws IOException {
        try (var scanner = segment.scanner(position, BatchScanner.SEQUENTIAL_CHUNK_BYTES)) {
            while (scanner.next() && scanner.batch().baseOffset() < to) {
                if (scanner.batch().hasProducerId() && !scanner.batch().isControl()) {
                    before.onBatch(scanner.batch());
                }
            }
        }
    }

    private void replay(LogSegment segment, int position, long from, long to) throws IOException {
        try (var scanner = segment.scanner(position, BatchScanner.SEQUENTIAL_CHUNK_BYTES)) {
            while (scanner.next() && scanner.batch().baseOffset() < to) {
                if (scanner.batch().baseOffset() >= from) {
                    onBatch(scanner.batch(), scanner);
                }
            }
        }
    }

    /** Feeds one batch to the producers; returns the transaction that it decided, if it did. */
    ProducerStates.@Nullable Decided onBatch(RecordBatch batch, BatchScanner scanner) throws IOException {
        if (!batch.hasProducerId()) {
            return null;
        }
        if (batch.isControl()) {
            scanner.loadWhole();
        }
        return producers.onBatch(batch);
    }

    /** Keeps the snapshots that stand at the beginning of a segment, and the newest up to {@code logEnd}. */
    void deleteStraySnapshots(long logEnd) throws IOException {
        var offsets = snapshotOffsets();
        var kept = new TreeSet<Long>();
        for (var segment : segments) {
            kept.add(segment.baseOffset());
        }
        var newest = offsets.floor(logEnd);
        if (newest != null) {
            kept.add(newest);
        }
        for (long offset : offsets) {
            if (!kept.contains(offset) || offset > logEnd) {
                files.delete(path(offset));
            }
        }
    }

    void deleteSnapshotsAbove(long offset) throws IOException {
        for (long above : snapshotOffsets().tailSet(offset, false)) {
            files.delete(path(above));
        }
    }

    private NavigableSet<Long> snapshotOffsets() throws IOException {
        var offsets = new TreeSet<Long>();
        for (var name : files.files(directory)) {
            long offset = SegmentFiles.offsetOf(name, SegmentFiles.PRODUCER_SNAPSHOT);
            if (offset >= 0) {
                offsets.add(offset);
            }
        }
        return offsets;
    }

    private String path(long offset) {
        return SegmentFiles.path(directory, offset, SegmentFiles.PRODUCER_SNAPSHOT);
    }
}
