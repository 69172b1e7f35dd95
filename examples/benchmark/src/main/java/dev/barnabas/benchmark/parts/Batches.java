package dev.barnabas.benchmark.parts;

import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Batches as an idempotent producer sends them. */
final class Batches {

    /** A time of long ago, for all records: validation compares it with {@link #NOW_MS}. */
    static final long NOW_MS = 1_700_000_000_000L;

    /** The producer's default for {@code batch.size}. */
    static final int BATCH_BYTES = 16 << 10;

    private static final int WORDS = 2_000;

    private Batches() {}

    /** As many records of {@code recordSize} bytes as fill a batch before compression; in direct memory. */
    static ByteBuf full(int recordSize, Compression compression) {
        return of(BATCH_BYTES / recordSize, recordSize, compression);
    }

    static ByteBuf of(int records, int recordSize, Compression compression) {
        var random = new Random(42);
        try (var builder = new RecordBatchBuilder(PooledByteBufAllocator.DEFAULT)) {
            builder.compression(compression).producer(1, (short) 0, 0);
            for (int i = 0; i < records; i++) {
                builder.append(NOW_MS, null, words(random, recordSize));
            }
            return builder.build();
        }
    }

    /** Text that compresses about as well as logs and JSON do. */
    private static byte[] words(Random random, int size) {
        var text = new StringBuilder();
        while (text.length() < size) {
            text.append(Integer.toString(random.nextInt(WORDS) * 7919, Character.MAX_RADIX))
                    .append(' ');
        }
        return text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
    }
}
