package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.CorruptBatchException;
import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.util.List;

/**
 * How compacted segments take the place of old ones, so that a crash at any moment leaves either the old or the new:
 *
 * <pre>
 * 1  written and forced:   x.index.cleaned  x.timeindex.cleaned  x.txnindex.cleaned  x.log.cleaned
 * 2  renamed, log last:    x.index.swap     x.timeindex.swap     x.txnindex.swap     x.log.swap
 * 3  the old segments are renamed out of the way
 * 4  renamed, log last:    x.index          x.timeindex          x.txnindex          x.log
 * </pre>
 *
 * Once {@code x.log.swap} exists the new segment counts, and {@link #recover} goes on with step 3.
 */
final class SegmentSwap {
    /** The log comes last. */
    private static final List<String> SUFFIXES = List.of(
            SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_INDEX, SegmentFiles.LOG);

    private SegmentSwap() {}

    /** Step 2. */
    static void announce(FileSystem files, String directory, long baseOffset) throws IOException {
        rename(files, directory, baseOffset, SegmentFiles.CLEANED, SegmentFiles.SWAP);
    }

    /** Step 4. */
    static void finish(FileSystem files, String directory, long baseOffset) throws IOException {
        rename(files, directory, baseOffset, SegmentFiles.SWAP, "");
    }

    private static void rename(FileSystem files, String directory, long baseOffset, String from, String to)
            throws IOException {
        for (var suffix : SUFFIXES) {
            var path = SegmentFiles.path(directory, baseOffset, suffix);
            if (files.exists(path + from)) {
                files.rename(path + from, path + to);
            }
        }
    }

    /** Completes what a crash interrupted, before the segments of the directory are opened. */
    static void recover(LogEnvironment environment, String directory) throws IOException {
        var names = environment.files().files(directory);
        for (var name : names) {
            long base = SegmentFiles.offsetOf(name, SegmentFiles.LOG + SegmentFiles.SWAP);
            if (base >= 0) {
                deleteReplaced(environment, directory, names, base);
                finish(environment.files(), directory, base);
            }
        }
    }

    private static void deleteReplaced(LogEnvironment environment, String directory, List<String> names, long base)
            throws IOException {
        long end = endOffset(environment, directory, base);
        for (var name : names) {
            long replaced = SegmentFiles.offsetOf(name, SegmentFiles.LOG);
            if (replaced >= base && replaced < end) {
                for (var suffix : SUFFIXES) {
                    environment.files().delete(SegmentFiles.path(directory, replaced, suffix));
                }
            }
        }
    }

    private static long endOffset(LogEnvironment environment, String directory, long base) throws IOException {
        var path = SegmentFiles.path(directory, base, SegmentFiles.LOG + SegmentFiles.SWAP);
        var file = environment.files().open(path);
        long end = base + 1;
        try (var scanner = new BatchScanner(
                environment.allocator(), file, 0, (int) file.size(), BatchScanner.SEQUENTIAL_CHUNK_BYTES)) {
            while (scanner.next()) {
                end = scanner.batch().nextOffset();
            }
            return end;
        } catch (CorruptBatchException e) {
            throw new IOException("compacted segment: " + path + " is damaged", e);
        } finally {
            file.release();
        }
    }
}
