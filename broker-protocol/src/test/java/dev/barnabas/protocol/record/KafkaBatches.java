package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** What Kafka's own classes make of batches, in a shape that compares. */
final class KafkaBatches {

    private KafkaBatches() {}

    /** A record with everything a consumer sees; bytes as ISO-8859-1 text. */
    record Seen(
            long offset,
            long timestamp,
            @Nullable String key,
            @Nullable String value,
            List<String> headers) {}

    static List<Seen> readByKafka(ByteBuf bytes) {
        return readByKafka(MemoryRecords.readableRecords(bytes.nioBuffer()));
    }

    static List<Seen> readByKafka(MemoryRecords records) {
        var seen = new ArrayList<Seen>();
        for (var batch : records.batches()) {
            batch.ensureValid();
            for (var record : batch) {
                record.ensureValid();
                var headers = new ArrayList<String>();
                for (Header header : record.headers()) {
                    headers.add(header.key() + "=" + text(header.value()));
                }
                seen.add(new Seen(
                        record.offset(), record.timestamp(), text(record.key()), text(record.value()), headers));
            }
        }
        return seen;
    }

    static List<Seen> readByUs(ByteBuf bytes) {
        var seen = new ArrayList<Seen>();
        var batches = new RecordBatches().reset(bytes);
        try (var cursor = new RecordCursor(TestBuffers.ALLOCATOR, 1 << 26)) {
            while (batches.next()) {
                if (!batches.batch().isChecksumValid()) {
                    throw new AssertionError("checksum: wrong in " + batches.batch());
                }
                cursor.reset(batches.batch());
                while (cursor.next()) {
                    seen.add(see(cursor.record()));
                }
            }
        }
        if (batches.bytesLeft() != 0) {
            throw new AssertionError("bytes left: " + batches.bytesLeft());
        }
        return seen;
    }

    static Seen see(Record record) {
        var headers = new ArrayList<String>();
        for (var header : record.headers()) {
            headers.add(header.key() + "=" + text(header.value()));
        }
        return new Seen(
                record.offset(), record.timestamp(), text(record.keyBytes()), text(record.valueBytes()), headers);
    }

    static org.apache.kafka.common.compress.Compression codec(Compression compression) {
        return org.apache.kafka.common.compress.Compression.of(compression.configName())
                .build();
    }

    static List<SimpleRecord> randomRecords(Random random, int count, boolean withHeaders) {
        var records = new ArrayList<SimpleRecord>();
        for (int i = 0; i < count; i++) {
            var headers = new RecordHeaders();
            for (int h = withHeaders ? random.nextInt(3) : 0; h > 0; h--) {
                headers.add(random.nextBoolean() ? "h" + h : "\u00e4\u20ac", randomBytes(random, 20));
            }
            records.add(new SimpleRecord(
                    1_700_000_000_000L + random.nextInt(100_000) - 50_000,
                    randomBytes(random, 40),
                    randomBytes(random, random.nextInt(20) == 0 ? 100_000 : 300),
                    headers.toArray()));
        }
        return records;
    }

    static byte @Nullable [] randomBytes(Random random, int lengthMax) {
        if (random.nextInt(8) == 0) {
            return null;
        }
        var bytes = new byte[random.nextInt(lengthMax + 1)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        } else {
            Arrays.fill(bytes, (byte) 'x');
        }
        return bytes;
    }

    /** A batch, or for formats 0 and 1 a message set, as Kafka's producer would build it. */
    static MemoryRecords build(byte magic, Compression compression, long baseOffset, List<SimpleRecord> records) {
        var builder = builder(magic, compression, baseOffset);
        records.forEach(builder::append);
        return builder.build();
    }

    static MemoryRecordsBuilder builder(byte magic, Compression compression, long baseOffset) {
        return MemoryRecords.builder(
                ByteBuffer.allocate(1 << 10),
                magic,
                codec(compression),
                magic == 0
                        ? org.apache.kafka.common.record.TimestampType.NO_TIMESTAMP_TYPE
                        : org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                baseOffset);
    }

    /** A copy on the heap that needs no release. */
    static ByteBuf copy(MemoryRecords records) {
        return Unpooled.copiedBuffer(records.buffer().duplicate());
    }

    static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }
}
