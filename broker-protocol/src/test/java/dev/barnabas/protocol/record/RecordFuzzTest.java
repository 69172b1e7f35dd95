package dev.barnabas.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever the bytes are, they are read, or refused with a typed error: no other exception, no leak, bounded memory. */
@ExtendWith(TestBuffers.class)
@Timeout(120)
class RecordFuzzTest {

    private static final int ROUNDS = 12_000;
    private static final int DECOMPRESSED_BYTES_MAX = 1 << 22;
    private static final Set<ErrorCode> EXPECTED = EnumSet.of(
            ErrorCode.CORRUPT_MESSAGE,
            ErrorCode.INVALID_RECORD,
            ErrorCode.INVALID_TIMESTAMP,
            ErrorCode.MESSAGE_TOO_LARGE,
            ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
            ErrorCode.UNKNOWN_SERVER_ERROR);

    private final RecordBatchValidator validator =
            new RecordBatchValidator(TestBuffers.ALLOCATOR, DECOMPRESSED_BYTES_MAX);
    private final RecordCursor cursor = new RecordCursor(TestBuffers.ALLOCATOR, DECOMPRESSED_BYTES_MAX);
    private final RecordDownConverter converter =
            new RecordDownConverter(TestBuffers.ALLOCATOR, DECOMPRESSED_BYTES_MAX);

    @Test
    void corruptedBatchesAreReadOrRefused() {
        long seed = Long.getLong("barnabas.seed", 1_126L);
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf bytes = corrupt(random, anyRecords(random));
            try {
                useEverywhere(bytes, random);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
        assertThat(TestBuffers.ALLOCATOR.largestBytes()).isLessThanOrEqualTo(4 * DECOMPRESSED_BYTES_MAX);
    }

    private void useEverywhere(ByteBuf bytes, Random random) {
        byte magic = (byte) random.nextInt(2);
        boolean direct = random.nextBoolean();
        attempt(bytes, direct, this::read);
        attempt(bytes, direct, copy -> converter.convert(copy, magic, 0).release());
        attempt(bytes, direct, copy -> validate(copy, 9, ValidationConfig.defaults()));
        attempt(bytes, direct, copy -> validate(copy, 2, ValidationConfig.defaults()));
        var strict = new ValidationConfig(1 << 20, TimestampType.LOG_APPEND_TIME, 0, 0, true, Compression.LZ4, 9);
        attempt(bytes, direct, copy -> validate(copy, 2, strict));
    }

    private void validate(ByteBuf bytes, int version, ValidationConfig config) {
        var validated = validator.validate(bytes, version, config, 1_700_000_000_000L);
        var batch =
                new RecordBatch().wrap(validated.records(), validated.records().readerIndex());
        try {
            assertThat(validated.isEmpty() || batch.isChecksumValid()).isTrue();
        } finally {
            validated.release();
        }
    }

    private void read(ByteBuf bytes) {
        try {
            var batches = new RecordBatches().reset(bytes);
            while (batches.next()) {
                if (batches.batch().magic() == RecordBatch.MAGIC_V2) {
                    read(batches.batch());
                }
            }
        } finally {
            cursor.close();
        }
    }

    private void read(RecordBatch batch) {
        cursor.reset(batch);
        while (cursor.next()) {
            KafkaBatches.see(cursor.record());
            if (batch.isControl()) {
                ControlRecord.type(cursor.record());
                ControlRecord.coordinatorEpoch(cursor.record());
            }
        }
    }

    private static void attempt(ByteBuf bytes, boolean direct, Consumer<ByteBuf> use) {
        ByteBuf copy = direct ? TestBuffers.ALLOCATOR.directBuffer() : TestBuffers.ALLOCATOR.heapBuffer();
        copy.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        try {
            use.accept(copy);
        } catch (ApiException e) {
            assertThat(e.error()).isIn(EXPECTED);
            assertThat(e.getMessage()).isNotBlank();
        } finally {
            copy.release();
        }
    }

    private static ByteBuf anyRecords(Random random) {
        byte magic = (byte) random.nextInt(3);
        int codecs = magic == 2 ? 5 : 4;
        var records = KafkaBatches.randomRecords(random, 1 + random.nextInt(6), magic == 2);
        records.removeIf(record -> record.value() != null && record.value().remaining() > 1_000);
        if (records.isEmpty() || random.nextInt(50) == 0) {
            var rubbish = new byte[random.nextInt(200)];
            random.nextBytes(rubbish);
            return Unpooled.wrappedBuffer(rubbish);
        }
        return KafkaBatches.copy(KafkaBatches.build(magic, Compression.forId(random.nextInt(codecs)), 0, records));
    }

    /** Flips, overwrites and cuts; three times in four the checksum is made right again, so that more is looked at. */
    private static ByteBuf corrupt(Random random, ByteBuf bytes) {
        int from = random.nextInt(4) == 0 ? 0 : RecordBatch.ATTRIBUTES_OFFSET;
        for (int edits = random.nextInt(4); edits > 0 && bytes.writerIndex() > from + 8; edits--) {
            int at = from + random.nextInt(bytes.writerIndex() - from - 8);
            switch (random.nextInt(4)) {
                case 0 -> bytes.setByte(at, bytes.getByte(at) ^ (1 << random.nextInt(8)));
                case 1 -> bytes.setByte(at, random.nextInt());
                case 2 -> bytes.setInt(at, random.nextBoolean() ? Integer.MAX_VALUE : -1);
                default -> bytes.setInt(at, random.nextInt(1 << 20));
            }
        }
        if (random.nextInt(6) == 0) {
            bytes.writerIndex(random.nextInt(bytes.writerIndex() + 1));
        }
        if (random.nextInt(4) > 0 && bytes.writerIndex() > RecordBatch.HEADER_BYTES) {
            repair(bytes);
        }
        return bytes;
    }

    private static void repair(ByteBuf bytes) {
        bytes.setInt(RecordBatch.LENGTH_OFFSET, bytes.writerIndex() - RecordBatch.LOG_OVERHEAD_BYTES);
        if (RecordBatch.magic(bytes, 0) == RecordBatch.MAGIC_V2) {
            new RecordBatch().wrap(bytes, 0).setChecksum();
        } else {
            var crc = new java.util.zip.CRC32();
            crc.update(bytes.nioBuffer(RecordBatch.MAGIC_OFFSET, bytes.writerIndex() - RecordBatch.MAGIC_OFFSET));
            bytes.setInt(LegacyMessage.CRC_OFFSET, (int) crc.getValue());
        }
    }
}
