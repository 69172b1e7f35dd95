package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordCursor;
import dev.barnabas.storage.TimestampAndOffset;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds single records by their timestamps: the time index leads to a batch, and that batch is read. */
final class TimestampSearch {
    /** The batches were validated, decompressed size included, when they were appended. */
    private static final int DECOMPRESSED_BYTES_MAX = Integer.MAX_VALUE;

    private final ByteBufAllocator allocator;
    private final List<LogSegment> segments;
    private final long logStart;
    private final long upperOffset;

    TimestampSearch(ByteBufAllocator allocator, List<LogSegment> segments, long logStart, long upperOffset) {
        this.allocator = allocator;
        this.segments = segments;
        this.logStart = logStart;
        this.upperOffset = upperOffset;
    }

    /** The first record in the log with a timestamp of at least {@code timestampMs}; null if none lies below the upper offset. */
    @Nullable
    TimestampAndOffset first(long timestampMs) throws IOException {
        for (var segment : segments) {
            if (segment.baseOffset() >= upperOffset) {
                return null;
            }
            if (segment.sizeInBytes() > 0 && segment.maxTimestamp() >= timestampMs) {
                long from = Math.max(segment.indexes().times().offsetBefore(timestampMs), logStart);
                var found = scan(segment, from, timestampMs);
                if (found != null) {
                    return found.offset() < upperOffset ? found : null;
                }
            }
        }
        return null;
    }

    /** The first record that holds the highest timestamp of the log; null if it does not lie below the upper offset. */
    @Nullable
    TimestampAndOffset max() throws IOException {
        LogSegment newest = null;
        for (var segment : segments) {
            if (segment.sizeInBytes() > 0 && (newest == null || segment.maxTimestamp() > newest.maxTimestamp())) {
                newest = segment;
            }
        }
        if (newest == null) {
            return null;
        }
        var found = scan(newest, Math.max(newest.offsetOfMaxTimestamp(), logStart), newest.maxTimestamp());
        return found != null && found.offset() < upperOffset ? found : null;
    }

    private @Nullable TimestampAndOffset scan(LogSegment segment, long from, long timestampMs) throws IOException {
        var start = segment.find(from);
        if (start == null) {
            return null;
        }
        try (var scanner = segment.scanner(start.position(), BatchScanner.SEQUENTIAL_CHUNK_BYTES)) {
            while (scanner.next()) {
                if (scanner.batch().maxTimestamp() >= timestampMs) {
                    var found = scanBatch(scanner, timestampMs);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return null;
    }

    private @Nullable TimestampAndOffset scanBatch(BatchScanner scanner, long timestampMs) throws IOException {
        var bytes = scanner.copy();
        try (var cursor = new RecordCursor(allocator, DECOMPRESSED_BYTES_MAX)) {
            var batch = new RecordBatch().wrap(bytes, bytes.readerIndex());
            cursor.reset(batch);
            while (cursor.next()) {
                var record = cursor.record();
                if (record.timestamp() >= timestampMs && record.offset() >= logStart) {
                    return new TimestampAndOffset(record.timestamp(), record.offset(), batch.partitionLeaderEpoch());
                }
            }
            return null;
        } finally {
            bytes.release();
        }
    }
}
