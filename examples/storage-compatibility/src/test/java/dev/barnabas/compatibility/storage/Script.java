package dev.barnabas.compatibility.storage;

import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.ControlRecord;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.storage.AppendOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A stream of random appends: plain, idempotent and transactional batches, retries, gaps, old epochs and markers. */
final class Script {
    /** One append. The batch is released by the receiver. */
    record Append(ByteBuf batch, AppendOrigin origin, String what) {}

    private static final int PRODUCERS = 4;

    private final Random random;
    private final long startMs;
    private final int[] sequences = new int[PRODUCERS];
    private final int[] epochs = new int[PRODUCERS];
    private final boolean[] inTransaction = new boolean[PRODUCERS];
    private int count;

    Script(long seed, long startMs) {
        this.random = new Random(seed);
        this.startMs = startMs;
    }

    /** @param acceptedOnly whether the append must be one that no log refuses */
    Append next(boolean acceptedOnly) {
        count++;
        if (acceptedOnly) {
            return plain();
        }
        int producer = random.nextInt(PRODUCERS);
        int dice = random.nextInt(100);
        if (dice < 40) {
            return plain();
        } else if (dice < 55 && !inTransaction[producer]) {
            return batch("idempotent", producer, false, sequences[producer], epochs[producer], true);
        } else if (dice < 80) {
            inTransaction[producer] = true;
            return batch("transactional", producer, true, sequences[producer], epochs[producer], true);
        } else if (dice < 92) {
            return marker(producer);
        } else if (dice < 94) {
            int gap = sequences[producer] + 1 + random.nextInt(5);
            return batch("gap", producer, inTransaction[producer], gap, epochs[producer], false);
        } else if (dice < 96) {
            return batch("old epoch", producer, inTransaction[producer], 0, epochs[producer] - 1, false);
        } else if (dice < 98) {
            return batch(
                    "not transactional",
                    producer,
                    false,
                    sequences[producer],
                    epochs[producer],
                    !inTransaction[producer]);
        }
        return batch(
                "negative retry",
                producer,
                inTransaction[producer],
                Math.max(0, sequences[producer] - 3),
                epochs[producer],
                false);
    }

    private Append plain() {
        try (var builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)
                .compression(random.nextInt(4) == 0 ? Compression.GZIP : Compression.NONE)) {
            appendRecords(builder, 1 + random.nextInt(5));
            return new Append(builder.build(), AppendOrigin.CLIENT, "plain");
        }
    }

    private Append batch(String what, int producer, boolean transactional, int sequence, int epoch, boolean counts) {
        int records = 1 + random.nextInt(3);
        try (var builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)
                .producer(1000 + producer, (short) Math.max(0, epoch), sequence)
                .transactional(transactional)) {
            appendRecords(builder, records);
            if (counts) {
                sequences[producer] += records;
            }
            return new Append(builder.build(), AppendOrigin.CLIENT, what);
        }
    }

    private Append marker(int producer) {
        boolean bump = random.nextInt(3) == 0;
        if (bump) {
            epochs[producer]++;
            sequences[producer] = 0;
        }
        inTransaction[producer] = false;
        var type = random.nextBoolean() ? ControlRecord.Type.ABORT : ControlRecord.Type.COMMIT;
        var marker = ControlRecord.transactionMarker(
                UnpooledByteBufAllocator.DEFAULT, type, timestamp(), 1000 + producer, (short) epochs[producer], 3);
        return new Append(marker, AppendOrigin.COORDINATOR, "marker");
    }

    /** Commits the open transaction of a producer. */
    Append end(long producerId, int epoch) {
        inTransaction[(int) (producerId - 1000)] = false;
        var marker = ControlRecord.transactionMarker(
                UnpooledByteBufAllocator.DEFAULT, ControlRecord.Type.COMMIT, timestamp(), producerId, (short) epoch, 3);
        return new Append(marker, AppendOrigin.COORDINATOR, "end");
    }

    private void appendRecords(RecordBatchBuilder builder, int records) {
        for (int i = 0; i < records; i++) {
            builder.append(
                    timestamp(),
                    bytes("key-" + random.nextInt(20)),
                    random.nextInt(8) == 0 ? null : bytes("v".repeat(random.nextInt(80))));
        }
    }

    private long timestamp() {
        return startMs + count * 3L + random.nextInt(20);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
