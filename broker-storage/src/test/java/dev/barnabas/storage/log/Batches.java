package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.ControlRecord;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.protocol.record.RecordCursor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes batches for tests and reads them back. */
final class Batches {
    static final UnpooledByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false);

    private Batches() {}

    /** A record as a test sees it. */
    record Seen(
            long offset,
            long timestamp,
            @Nullable String key,
            @Nullable String value) {}

    /** A batch of plain records, one for each value, on the heap and so without need of a release. */
    static ByteBuf of(long timestampMs, String... values) {
        try (var builder = new RecordBatchBuilder(ALLOCATOR)) {
            for (var value : values) {
                builder.append(timestampMs, null, bytes(value));
            }
            return unpooled(builder.build());
        }
    }

    static ByteBuf compressed(Compression compression, long timestampMs, String... values) {
        try (var builder = new RecordBatchBuilder(ALLOCATOR).compression(compression)) {
            for (var value : values) {
                builder.append(timestampMs++, null, bytes(value));
            }
            return unpooled(builder.build());
        }
    }

    /** A batch of keyed records; a null value is a tombstone. */
    static ByteBuf keyed(long timestampMs, @Nullable String... keysAndValues) {
        try (var builder = new RecordBatchBuilder(ALLOCATOR)) {
            for (int i = 0; i < keysAndValues.length; i += 2) {
                builder.append(timestampMs, bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
            }
            return unpooled(builder.build());
        }
    }

    static ByteBuf idempotent(long producerId, int epoch, int baseSequence, long timestampMs, String... values) {
        return ofProducer(producerId, epoch, baseSequence, false, timestampMs, values);
    }

    static ByteBuf transactional(long producerId, int epoch, int baseSequence, long timestampMs, String... values) {
        return ofProducer(producerId, epoch, baseSequence, true, timestampMs, values);
    }

    private static ByteBuf ofProducer(
            long producerId, int epoch, int baseSequence, boolean transactional, long timestampMs, String... values) {
        try (var builder = new RecordBatchBuilder(ALLOCATOR)
                .producer(producerId, (short) epoch, baseSequence)
                .transactional(transactional)) {
            for (var value : values) {
                builder.append(timestampMs, bytes(value), bytes(value));
            }
            return unpooled(builder.build());
        }
    }

    static ByteBuf marker(long producerId, int epoch, boolean commit, int coordinatorEpoch, long timestampMs) {
        return unpooled(ControlRecord.transactionMarker(
                ALLOCATOR,
                commit ? ControlRecord.Type.COMMIT : ControlRecord.Type.ABORT,
                timestampMs,
                producerId,
                (short) epoch,
                coordinatorEpoch));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuf unpooled(ByteBuf built) {
        var copy = Unpooled.copiedBuffer(built);
        built.release();
        return copy;
    }

    /** The records of whole batches. */
    static List<Seen> records(ByteBuf batches) {
        var seen = new ArrayList<Seen>();
        var cursor = new RecordBatches().reset(batches);
        try (var records = new RecordCursor(ALLOCATOR, 1 << 20)) {
            while (cursor.next()) {
                RecordBatch batch = cursor.batch();
                records.reset(batch);
                while (records.next()) {
                    var record = records.record();
                    seen.add(new Seen(
                            record.offset(), record.timestamp(), text(record.keyBytes()), text(record.valueBytes())));
                }
            }
        }
        return seen;
    }

    /** The offset after the last whole batch; {@code none} if there is no batch. */
    static long nextOffset(ByteBuf batches, long none) {
        long next = none;
        var cursor = new RecordBatches().reset(batches);
        while (cursor.next()) {
            next = cursor.batch().nextOffset();
        }
        return next;
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
