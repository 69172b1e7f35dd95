package dev.barnabas.protocol.record;

import static dev.barnabas.protocol.record.KafkaBatches.readByKafka;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestBuffers.class)
class RecordBatchValidatorTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final int VERSION = 9;
    private static final long SEED = 77L;
    private static final ValidationConfig DEFAULTS = ValidationConfig.defaults();

    private final RecordBatchValidator validator = new RecordBatchValidator(TestBuffers.ALLOCATOR, 1 << 26);

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aGoodBatchIsTakenAsItIsAndStampedInPlace(Compression compression) {
        var random = new Random(SEED);
        for (int round = 0; round < 30; round++) {
            int count = 1 + random.nextInt(50);
            var theirs = KafkaBatches.build((byte) 2, compression, 0, KafkaBatches.randomRecords(random, count, true));
            ByteBuf bytes = KafkaBatches.copy(theirs);
            var before = bytes.copy();
            var validated = validator.validate(bytes, VERSION, limit(10_000_000), NOW);
            assertThat(validated.isRewritten()).isFalse();
            assertThat(validated.records()).isSameAs(bytes);
            assertThat(bytes).isEqualTo(before);
            assertThat(validated.recordCount()).isEqualTo(count);
            assertThat(validated.maxTimestamp()).isEqualTo(theirs.firstBatch().maxTimestamp());
            assertThat(validated.logAppendTimeMs()).isEqualTo(-1);
            assertThat(validated.stamp(5_000L, 12)).isEqualTo(5_000L + count);
            var stamped = (DefaultRecordBatch)
                    MemoryRecords.readableRecords(bytes.nioBuffer()).firstBatch();
            stamped.ensureValid();
            assertThat(stamped.baseOffset()).isEqualTo(5_000L);
            assertThat(stamped.partitionLeaderEpoch()).isEqualTo(12);
            validated.release();
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void anotherCompressionTypeRewritesTheBatch(Compression target) {
        var random = new Random(SEED);
        for (var source : Compression.values()) {
            var records = KafkaBatches.randomRecords(random, 30, true).toArray(SimpleRecord[]::new);
            var theirs =
                    MemoryRecords.withTransactionalRecords(KafkaBatches.codec(source), 4711L, (short) 2, 8, records);
            var config = new ValidationConfig(
                    10_000_000,
                    TimestampType.CREATE_TIME,
                    Long.MAX_VALUE,
                    3_600_000,
                    false,
                    target,
                    target.levelDefault());
            var validated = validator.validate(KafkaBatches.copy(theirs), VERSION, config, NOW);
            assertThat(validated.isRewritten()).isEqualTo(source != target);
            var batch = new RecordBatch().wrap(validated.records(), 0);
            assertThat(batch.compression()).isEqualTo(target);
            assertThat(batch.isTransactional()).isTrue();
            assertThat(batch.producerId()).isEqualTo(4711L);
            assertThat(batch.producerEpoch()).isEqualTo((short) 2);
            assertThat(batch.baseSequence()).isEqualTo(8);
            assertThat(batch.maxTimestamp()).isEqualTo(validated.maxTimestamp());
            assertThat(readByKafka(validated.records())).isEqualTo(readByKafka(theirs));
            validated.release();
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void logAppendTimeIsWrittenIntoTheBatch(Compression compression) {
        var theirs = KafkaBatches.build((byte) 2, compression, 0, List.of(record(NOW - 5, "k"), record(NOW, "l")));
        ByteBuf bytes = KafkaBatches.copy(theirs);
        var config = new ValidationConfig(1000, TimestampType.LOG_APPEND_TIME, 0, 0, false, null, 0);
        var validated = validator.validate(bytes, VERSION, config, NOW + 99);
        assertThat(validated.isRewritten()).isFalse();
        assertThat(validated.logAppendTimeMs()).isEqualTo(NOW + 99);
        assertThat(validated.maxTimestamp()).isEqualTo(NOW + 99);
        assertThat(readByKafka(bytes)).extracting(KafkaBatches.Seen::timestamp).containsOnly(NOW + 99);
        validated.release();
    }

    @Test
    void aWrongMaxTimestampIsSetRight() {
        ByteBuf bytes = batch(Compression.NONE, record(NOW - 5, "k"), record(NOW - 9, "l"));
        edit(bytes, b -> b.setLong(RecordBatch.MAX_TIMESTAMP_OFFSET, NOW + 1));
        var validated = validator.validate(bytes, VERSION, DEFAULTS, NOW);
        assertThat(validated.maxTimestamp()).isEqualTo(NOW - 5);
        var batch = new RecordBatch().wrap(bytes, 0);
        assertThat(batch.maxTimestamp()).isEqualTo(NOW - 5);
        assertThat(batch.isChecksumValid()).isTrue();
    }

    @Test
    void bytesBehindTheBatchThatBeginNoOtherAreCutOff() {
        ByteBuf batch = batch(Compression.NONE, record(NOW, "k"));
        int size = batch.readableBytes();
        ByteBuf bytes = Unpooled.copiedBuffer(batch, Unpooled.wrappedBuffer(new byte[11]));
        var validated = validator.validate(bytes, VERSION, DEFAULTS, NOW);
        assertThat(validated.sizeInBytes()).isEqualTo(size);
    }

    @Test
    void theBatchMayLieAnywhereInADirectBuffer() {
        ByteBuf direct = TestBuffers.ALLOCATOR.directBuffer().writeZero(7);
        direct.writeBytes(batch(Compression.LZ4, record(NOW, "k"))).readerIndex(7);
        var validated = validator.validate(direct, VERSION, DEFAULTS, NOW);
        validated.stamp(42, 1);
        assertThat(readByKafka(direct)).extracting(KafkaBatches.Seen::offset).containsExactly(42L);
        direct.release();
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "ZSTD"})
    void offsetsThatAreNotConsecutiveAreMadeSo(Compression compression) {
        try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
            builder.compression(compression);
            builder.append(0, NOW, null, value("a"), List.of());
            builder.append(5, NOW, null, value("b"), List.of());
            ByteBuf bytes = builder.build();
            edit(bytes, b -> b.setInt(RecordBatch.LAST_OFFSET_DELTA_OFFSET, 1));
            var validated = validator.validate(bytes, VERSION, DEFAULTS, NOW);
            assertThat(validated.isRewritten()).isTrue();
            assertThat(readByKafka(validated.records()))
                    .extracting(KafkaBatches.Seen::offset)
                    .containsExactly(0L, 1L);
            validated.release();
            bytes.release();
        }
    }

    @Test
    void aWrongChecksumIsCorruptMessage() {
        ByteBuf bytes = batch(Compression.NONE, record(NOW, "k"));
        bytes.setByte(70, bytes.getByte(70) ^ 1);
        assertError(bytes, ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void noBatchOrTwoBatchesAreInvalid() {
        assertError(Unpooled.EMPTY_BUFFER, ErrorCode.INVALID_RECORD);
        assertThat(validator.validate(Unpooled.EMPTY_BUFFER, 2, DEFAULTS, NOW).isEmpty())
                .isTrue();
        ByteBuf one = batch(Compression.NONE, record(NOW, "k"));
        assertError(Unpooled.copiedBuffer(one, one), ErrorCode.INVALID_RECORD);
        assertThatThrownBy(() -> validator.validate(Unpooled.copiedBuffer(one, one), 2, DEFAULTS, NOW))
                .isInstanceOf(InvalidRecordException.class);
    }

    @Test
    void oldMessageFormatsNeedAnOldRequest() {
        for (byte magic = 0; magic < 2; magic++) {
            var theirs = KafkaBatches.build(magic, Compression.NONE, 0, List.of(record(NOW, "k")));
            assertError(KafkaBatches.copy(theirs), ErrorCode.INVALID_RECORD);
        }
    }

    @Test
    void zstdNeedsProduceV7() {
        ByteBuf bytes = batch(Compression.ZSTD, record(NOW, "k"));
        var error = catchThrowableOfType(ApiException.class, () -> validator.validate(bytes, 6, DEFAULTS, NOW));
        assertThat(error.error()).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        validator.validate(bytes, 7, DEFAULTS, NOW);
    }

    @Test
    void anUnknownCodecIsAServerErrorAsInKafka() {
        ByteBuf bytes = batch(Compression.NONE, record(NOW, "k"));
        edit(bytes, b -> b.setShort(RecordBatch.ATTRIBUTES_OFFSET, 5));
        assertError(bytes, ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void aBaseOffsetOtherThanZeroIsInvalid() {
        ByteBuf bytes = batch(Compression.NONE, record(NOW, "k"));
        new RecordBatch().wrap(bytes, 0).setBaseOffset(1);
        assertError(bytes, ErrorCode.INVALID_RECORD);
    }

    @Test
    void aBatchOverTheLimitIsTooLargeBeforeOrAfterRecompression() {
        var compressible = record(NOW, "x".repeat(10_000));
        ByteBuf compressed = batch(Compression.GZIP, compressible);
        var toPlain =
                new ValidationConfig(1_000, TimestampType.CREATE_TIME, Long.MAX_VALUE, 0, false, Compression.NONE, 0);
        assertThat(validator.validate(compressed, VERSION, limit(1_000), NOW).isRewritten())
                .isFalse();
        assertThat(errorOf(compressed, limit(50))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(errorOf(compressed, toPlain)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void countsThatContradictEachOtherAreInvalid() {
        for (int count : new int[] {-1, 0, 1, 3, Integer.MAX_VALUE}) {
            ByteBuf bytes = batch(Compression.NONE, record(NOW, "k"), record(NOW, "l"));
            edit(bytes, b -> b.setInt(RecordBatch.RECORD_COUNT_OFFSET, count));
            assertError(bytes, ErrorCode.INVALID_RECORD);
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void moreOrFewerRecordsThanCountedAreInvalid(Compression compression) {
        for (int count : new int[] {1, 3, Integer.MAX_VALUE}) {
            ByteBuf bytes = batch(compression, record(NOW, "k"), record(NOW, "l"));
            edit(bytes, b -> b.setInt(RecordBatch.RECORD_COUNT_OFFSET, count)
                    .setInt(RecordBatch.LAST_OFFSET_DELTA_OFFSET, count - 1));
            var error = errorOf(bytes, DEFAULTS);
            if (compression == Compression.LZ4 && count > 2) {
                assertThat(error).isIn(ErrorCode.INVALID_RECORD, ErrorCode.UNKNOWN_SERVER_ERROR);
            } else {
                assertThat(error).isEqualTo(ErrorCode.INVALID_RECORD);
            }
        }
    }

    @Test
    void controlBatchesAndNegativeSequencesAreInvalidFromAClient() {
        ByteBuf marker =
                ControlRecord.transactionMarker(TestBuffers.ALLOCATOR, ControlRecord.Type.COMMIT, NOW, 5, (short) 0, 1);
        assertError(marker, ErrorCode.INVALID_RECORD);
        marker.release();
        ByteBuf bytes = batch(Compression.NONE, record(NOW, "k"));
        edit(bytes, b -> b.setLong(RecordBatch.PRODUCER_ID_OFFSET, 5));
        assertError(bytes, ErrorCode.INVALID_RECORD);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void nullKeysAreToldOneByOneWhereTheTopicIsCompacted(Compression compression) {
        ByteBuf bytes = batch(compression, record(NOW, null), record(NOW, "k"), record(NOW, null));
        var config = new ValidationConfig(10_000, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000, true, null, 0);
        var error = catchThrowableOfType(
                RecordErrorsException.class, () -> validator.validate(bytes, VERSION, config, NOW));
        assertThat(error.error()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(error.recordErrors()).extracting(RecordError::batchIndex).containsExactly(0, 2);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void timestampsTooFarAheadOrBehindAreToldOneByOne(Compression compression) {
        ByteBuf bytes = batch(
                compression,
                record(NOW + 3_600_000, "edge"),
                record(NOW + 3_600_001, "ahead"),
                record(NOW - 1_000, "edge"),
                record(NOW - 1_001, "behind"));
        var config = new ValidationConfig(10_000, TimestampType.CREATE_TIME, 1_000, 3_600_000, false, null, 0);
        var error = catchThrowableOfType(
                RecordErrorsException.class, () -> validator.validate(bytes, VERSION, config, NOW));
        assertThat(error.error()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(error.recordErrors()).extracting(RecordError::batchIndex).containsExactly(1, 3);
    }

    @Test
    void theNumberOfRecordErrorsIsBounded() {
        try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
            for (int i = 0; i < 5_000; i++) {
                builder.append(NOW + 100_000_000, null, value("v"));
            }
            ByteBuf bytes = builder.build();
            var error = catchThrowableOfType(
                    RecordErrorsException.class, () -> validator.validate(bytes, VERSION, DEFAULTS, NOW));
            assertThat(error.recordErrors()).hasSize(RecordChecks.ERRORS_MAX);
            bytes.release();
        }
    }

    @Test
    void logAppendTimeFromAProducerIsTakenForTheTimeOfEachRecord() {
        ByteBuf bytes = batch(Compression.NONE, record(NOW - 5, "k"), record(NOW - 9, "l"));
        new RecordBatch().wrap(bytes, 0).setMaxTimestamp(TimestampType.LOG_APPEND_TIME, NOW - 3);
        var copy = bytes.copy();
        var validated = validator.validate(bytes, VERSION, DEFAULTS, NOW);
        assertThat(validated.maxTimestamp()).isEqualTo(NOW - 3);
        assertThat(new RecordBatch().wrap(bytes, 0).timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        var config = new ValidationConfig(1000, TimestampType.LOG_APPEND_TIME, 0, 0, false, null, 0);
        var error =
                catchThrowableOfType(RecordErrorsException.class, () -> validator.validate(copy, VERSION, config, NOW));
        assertThat(error.error()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void aBombIsRefusedWithoutTakingItsMemory(Compression compression) {
        int mebibytes = compression == Compression.SNAPPY ? 20 : 1024;
        ByteBuf bytes = bomb(compression, mebibytes);
        assertThat(bytes.readableBytes()).isLessThan(6_000_000);
        var small = new RecordBatchValidator(TestBuffers.ALLOCATOR, 16 << 20);
        for (var target : new Compression[] {null, Compression.NONE}) {
            var config = new ValidationConfig(
                    10_000_000, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000, false, target, 0);
            var error = catchThrowableOfType(ApiException.class, () -> small.validate(bytes, VERSION, config, NOW));
            assertThat(error.error()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
            assertThat(TestBuffers.ALLOCATOR.largestBytes()).isLessThanOrEqualTo(32 << 20);
        }
        bytes.release();
    }

    @Test
    void aBatchThatDecompressesToMoreThanAnEighthOfTheMemoryIsRefusedAlsoWhereItIsOnlyChecked() {
        ByteBuf bytes = bomb(Compression.ZSTD, 1024);
        var generous = new RecordBatchValidator(TestBuffers.ALLOCATOR, Long.MAX_VALUE);
        for (var target : new Compression[] {null, Compression.NONE}) {
            var config = new ValidationConfig(
                    10_000_000, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000, false, target, 0);
            var error = catchThrowableOfType(ApiException.class, () -> generous.validate(bytes, VERSION, config, NOW));
            assertThat(error.error()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        }
        assertThat(TestBuffers.ALLOCATOR.largestBytes())
                .isLessThanOrEqualTo((int) (Runtime.getRuntime().maxMemory() / 8 + (8 << 20)));
        bytes.release();
    }

    @Test
    void aBatchIsNotCompressedIfItsRecordsTakeMoreThanWhatMayComeOutOfIt() {
        var small = new RecordBatchValidator(TestBuffers.ALLOCATOR, 10);
        var gzip = new ValidationConfig(
                1000, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000, false, Compression.GZIP, 1);
        ByteBuf bytes = batch(Compression.NONE, record(NOW, "k"));
        var error = catchThrowableOfType(ApiException.class, () -> small.validate(bytes, VERSION, gzip, NOW));
        assertThat(error.error()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        small.validate(bytes, VERSION, DEFAULTS, NOW).release();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x02, 0x03, 0x04})
    void rubbishForCompressedRecordsIsATypedError(int codec) {
        var random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            ByteBuf bytes = batch(Compression.NONE, record(NOW, "k"), record(NOW, "some longer key"));
            var rubbish = new byte[bytes.readableBytes() - RecordBatch.RECORDS_OFFSET];
            random.nextBytes(rubbish);
            edit(bytes, b -> b.setShort(RecordBatch.ATTRIBUTES_OFFSET, codec)
                    .setBytes(RecordBatch.RECORDS_OFFSET, rubbish));
            assertThat(errorOf(bytes, DEFAULTS))
                    .as("seed %d, round %d", SEED, round)
                    .isIn(ErrorCode.UNKNOWN_SERVER_ERROR, ErrorCode.INVALID_RECORD, ErrorCode.MESSAGE_TOO_LARGE);
        }
    }

    private @Nullable ErrorCode errorOf(ByteBuf bytes, ValidationConfig config) {
        try {
            validator.validate(bytes, VERSION, config, NOW).release();
            return null;
        } catch (ApiException e) {
            assertThat(e.getMessage()).isNotBlank();
            assertThat(e.getStackTrace()).isEmpty();
            return e.error();
        }
    }

    private void assertError(ByteBuf bytes, ErrorCode expected) {
        assertThat(errorOf(bytes, DEFAULTS)).isEqualTo(expected);
    }

    /** A batch of one record, whose value is zeroes. */
    private static ByteBuf bomb(Compression compression, int mebibytes) {
        var one = new byte[1 << 20];
        var compressed = TestBuffers.ALLOCATOR.buffer();
        var head = Unpooled.buffer();
        int valueSize = mebibytes << 20;
        Varints.write(head, 5 + Varints.size(valueSize) + valueSize);
        head.writeZero(3);
        Varints.write(head, -1);
        Varints.write(head, valueSize);
        try (var out = streamed(compression, compressed)) {
            head.readBytes(out, head.readableBytes());
            for (int i = 0; i < mebibytes; i++) {
                out.write(one);
            }
            out.write(0);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
        ByteBuf bytes = TestBuffers.ALLOCATOR.buffer();
        bytes.writeBytes(batch(Compression.NONE, record(NOW, "k")), RecordBatch.HEADER_BYTES)
                .writeBytes(compressed);
        compressed.release();
        bytes.setInt(RecordBatch.LENGTH_OFFSET, bytes.writerIndex() - RecordBatch.LOG_OVERHEAD_BYTES);
        edit(bytes, b -> b.setShort(RecordBatch.ATTRIBUTES_OFFSET, compression.id()));
        return bytes;
    }

    private static java.io.OutputStream streamed(Compression compression, ByteBuf out) throws java.io.IOException {
        var stream = new io.netty.buffer.ByteBufOutputStream(out);
        return switch (compression) {
            case GZIP -> new java.util.zip.GZIPOutputStream(stream, 1 << 16);
            case SNAPPY -> new org.xerial.snappy.SnappyOutputStream(stream);
            case LZ4 ->
                new net.jpountz.lz4.LZ4FrameOutputStream(
                        stream,
                        net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE.SIZE_4MB,
                        net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
            case ZSTD -> new com.github.luben.zstd.ZstdOutputStream(stream);
            case NONE -> throw new IllegalArgumentException("none");
        };
    }

    private static void edit(ByteBuf bytes, Consumer<ByteBuf> edit) {
        edit.accept(bytes);
        new RecordBatch().wrap(bytes, 0).setChecksum();
    }

    private static ValidationConfig limit(int messageMaxBytes) {
        return new ValidationConfig(
                messageMaxBytes, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000, false, null, 0);
    }

    private static ByteBuf batch(Compression compression, SimpleRecord... records) {
        return KafkaBatches.copy(KafkaBatches.build((byte) 2, compression, 0, List.of(records)));
    }

    private static SimpleRecord record(long timestamp, @Nullable String key) {
        return new SimpleRecord(
                timestamp,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                "value".getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuf value(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
