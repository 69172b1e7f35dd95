package dev.barnabas.protocol.record;

import static dev.barnabas.protocol.record.KafkaBatches.readByKafka;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Message formats 0 and 1: up on produce, down on fetch. */
@ExtendWith(TestBuffers.class)
class LegacyMessageTest {

    private static final long SEED = 4_711L;
    private static final long NOW = 1_700_000_000_000L;
    private static final int OLD_VERSION = 2;

    private final RecordBatchValidator validator = new RecordBatchValidator(TestBuffers.ALLOCATOR, 1 << 26);

    static Stream<Arguments> formats() {
        return Stream.of((byte) 0, (byte) 1)
                .flatMap(magic -> Stream.of(Compression.NONE, Compression.GZIP, Compression.SNAPPY, Compression.LZ4)
                        .map(compression -> Arguments.of(magic, compression)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aMessageSetBecomesOneBatch(byte magic, Compression compression) {
        var random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            int count = 1 + random.nextInt(30);
            var theirs = KafkaBatches.build(magic, compression, 0, KafkaBatches.randomRecords(random, count, false));
            for (var target : new Compression[] {null, Compression.NONE, Compression.ZSTD}) {
                var validated = validator.validate(KafkaBatches.copy(theirs), OLD_VERSION, config(target), NOW);
                assertThat(validated.isRewritten()).isTrue();
                assertThat(validated.recordCount()).isEqualTo(count);
                assertThat(new RecordBatch().wrap(validated.records(), 0).compression())
                        .isEqualTo(target == null ? compression : target);
                assertThat(readByKafka(validated.records()))
                        .as("seed %d, round %d", SEED, round)
                        .isEqualTo(readByKafka(theirs));
                validated.release();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void offsetsThatTheProducerGaveDoNotCount(byte magic, Compression compression) {
        var records = KafkaBatches.randomRecords(new Random(SEED), 7, false);
        var theirs = KafkaBatches.build(magic, compression, 1_000, records);
        var validated = validator.validate(KafkaBatches.copy(theirs), OLD_VERSION, config(null), NOW);
        assertThat(validated.stamp(50, 3)).isEqualTo(57);
        assertThat(readByKafka(validated.records()))
                .extracting(KafkaBatches.Seen::offset)
                .containsExactly(50L, 51L, 52L, 53L, 54L, 55L, 56L);
        validated.release();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void wrappedMessagesAreReadWithTheirAbsoluteOffsets(byte magic, Compression compression) {
        var records = KafkaBatches.randomRecords(new Random(SEED), 5, false);
        var theirs = KafkaBatches.build(magic, compression, 1_000, records);
        ByteBuf bytes = KafkaBatches.copy(theirs);
        var seen = new ArrayList<KafkaBatches.Seen>();
        try (var cursor = new LegacyMessageCursor(TestBuffers.ALLOCATOR, 1 << 20)) {
            var batches = new RecordBatches().reset(bytes);
            while (batches.next()) {
                cursor.reset(bytes, batches.batch().index());
                while (cursor.next()) {
                    seen.add(KafkaBatches.see(cursor.record()));
                }
            }
        }
        assertThat(seen).isEqualTo(readByKafka(theirs));
    }

    @Test
    void aWrapperWithOffsetZeroIsTaken() {
        ByteBuf bytes = wrapper(0, inner(0), inner(1), inner(2));
        var validated = validator.validate(bytes, OLD_VERSION, config(null), NOW);
        assertThat(validated.recordCount()).isEqualTo(3);
        validated.release();
        bytes.release();
    }

    @Test
    void aWrapperBelowItsLastMessageIsInvalid() {
        ByteBuf bytes = wrapper(1, inner(0), inner(1), inner(2));
        assertThat(errorOf(bytes)).isEqualTo(ErrorCode.INVALID_RECORD);
        bytes.release();
    }

    @Test
    void brokenMessagesAreToldApart() {
        ByteBuf good = KafkaBatches.copy(KafkaBatches.build(
                (byte) 1, Compression.NONE, 0, KafkaBatches.randomRecords(new Random(SEED), 2, false)));
        good.setByte(30, good.getByte(30) ^ 1);
        assertThat(errorOf(good)).as("checksum").isEqualTo(ErrorCode.CORRUPT_MESSAGE);

        ByteBuf wrongInner = inner(0);
        wrongInner.setByte(40, wrongInner.getByte(40) ^ 1);
        ByteBuf wrapped = wrapper(0, wrongInner);
        assertThat(errorOf(wrapped)).as("checksum inside").isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        wrapped.release();

        ByteBuf nested = wrapper(0, wrapper(0, inner(0)));
        assertThat(errorOf(nested)).as("wrapper in a wrapper").isEqualTo(ErrorCode.INVALID_RECORD);
        nested.release();

        ByteBuf empty = wrapper(0);
        assertThat(errorOf(empty)).as("empty wrapper").isEqualTo(ErrorCode.INVALID_RECORD);
        empty.release();

        ByteBuf one = wrapper(0, inner(0));
        ByteBuf two = Unpooled.copiedBuffer(one, one);
        assertThat(errorOf(two)).as("two wrappers").isEqualTo(ErrorCode.INVALID_RECORD);
        one.release();

        ByteBuf mixed = Unpooled.copiedBuffer(
                KafkaBatches.copy(
                        KafkaBatches.build((byte) 0, Compression.NONE, 0, List.of(new SimpleRecord("a".getBytes())))),
                KafkaBatches.copy(
                        KafkaBatches.build((byte) 1, Compression.NONE, 0, List.of(new SimpleRecord("a".getBytes())))));
        assertThat(errorOf(mixed)).as("mixed formats").isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void logAppendTimeAppliesToConvertedMessagesToo() {
        var theirs = KafkaBatches.build(
                (byte) 0, Compression.NONE, 0, KafkaBatches.randomRecords(new Random(SEED), 3, false));
        var config = new ValidationConfig(1 << 20, TimestampType.LOG_APPEND_TIME, 0, 0, false, null, 0);
        var validated = validator.validate(KafkaBatches.copy(theirs), OLD_VERSION, config, NOW);
        assertThat(validated.logAppendTimeMs()).isEqualTo(NOW);
        assertThat(readByKafka(validated.records()))
                .extracting(KafkaBatches.Seen::timestamp)
                .containsOnly(NOW);
        validated.release();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aBatchGoesDownToWhatKafkaMakesOfIt(byte magic, Compression compression) {
        var random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            var records = KafkaBatches.randomRecords(random, 1 + random.nextInt(30), true);
            ByteBuf batch = KafkaBatches.copy(KafkaBatches.build((byte) 2, compression, 500, records));
            var expected = convertedByKafka(batch, magic, compression);
            try (var converter = new RecordDownConverter(TestBuffers.ALLOCATOR, 1 << 26)) {
                ByteBuf converted = converter.convert(batch, magic, 500);
                assertThat(readByKafka(converted))
                        .as("seed %d, round %d", SEED, round)
                        .isEqualTo(readByKafka(expected));
                if (compression != Compression.GZIP) {
                    assertThat(converted).isEqualTo(KafkaBatches.copy(expected));
                }
                converted.release();
            }
        }
    }

    @Test
    void logAppendTimeGoesDownToo() {
        for (var compression : List.of(Compression.NONE, Compression.LZ4)) {
            ByteBuf batch = KafkaBatches.copy(KafkaBatches.build(
                    (byte) 2, compression, 0, KafkaBatches.randomRecords(new Random(SEED), 4, true)));
            new RecordBatch().wrap(batch, 0).setMaxTimestamp(TimestampType.LOG_APPEND_TIME, NOW);
            var expected = convertedByKafka(batch, (byte) 1, compression);
            try (var converter = new RecordDownConverter(TestBuffers.ALLOCATOR, 1 << 26)) {
                ByteBuf converted = converter.convert(batch, (byte) 1, 0);
                assertThat(converted).isEqualTo(KafkaBatches.copy(expected));
                assertThat(readByKafka(converted))
                        .extracting(KafkaBatches.Seen::timestamp)
                        .containsOnly(NOW);
                converted.release();
            }
        }
    }

    @Test
    void recordsBelowTheFetchOffsetAreLeftOutOfUncompressedBatches() {
        for (var compression : List.of(Compression.NONE, Compression.SNAPPY)) {
            ByteBuf batch = KafkaBatches.copy(KafkaBatches.build(
                    (byte) 2, compression, 10, KafkaBatches.randomRecords(new Random(SEED), 4, true)));
            try (var converter = new RecordDownConverter(TestBuffers.ALLOCATOR, 1 << 26)) {
                ByteBuf converted = converter.convert(batch, (byte) 1, 12);
                assertThat(readByKafka(converted)).hasSize(compression == Compression.NONE ? 2 : 4);
                converted.release();
            }
        }
    }

    @Test
    void controlBatchesAreDroppedAndTheTruncatedTailToo() {
        ByteBuf marker =
                ControlRecord.transactionMarker(TestBuffers.ALLOCATOR, ControlRecord.Type.ABORT, NOW, 5, (short) 0, 1);
        ByteBuf batch = KafkaBatches.copy(
                KafkaBatches.build((byte) 2, Compression.NONE, 10, List.of(new SimpleRecord(NOW, "a".getBytes()))));
        ByteBuf all = Unpooled.copiedBuffer(marker, batch, batch.slice(0, batch.readableBytes() - 1));
        try (var converter = new RecordDownConverter(TestBuffers.ALLOCATOR, 1 << 26)) {
            ByteBuf converted = converter.convert(all, (byte) 0, 0);
            assertThat(readByKafka(converted)).hasSize(1);
            converted.release();
        }
        marker.release();
    }

    @Test
    void zstdCannotGoDown() {
        ByteBuf batch = KafkaBatches.copy(
                KafkaBatches.build((byte) 2, Compression.ZSTD, 10, List.of(new SimpleRecord(NOW, "a".getBytes()))));
        try (var converter = new RecordDownConverter(TestBuffers.ALLOCATOR, 1 << 26)) {
            assertThatThrownBy(() -> converter.convert(batch, (byte) 1, 0))
                    .isInstanceOf(UnsupportedCompressionException.class)
                    .hasMessageContaining("zstd");
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void storedOldMessagesAreServedAsTheyAreOrAsFormatZero(byte magic, Compression compression) {
        var records = KafkaBatches.randomRecords(new Random(SEED), 6, false);
        var stored = KafkaBatches.build(magic, compression, 100, records);
        ByteBuf bytes = KafkaBatches.copy(stored);
        try (var converter = new RecordDownConverter(TestBuffers.ALLOCATOR, 1 << 26)) {
            ByteBuf same = converter.convert(bytes, magic, 0);
            assertThat(same).isEqualTo(bytes);
            same.release();
            ByteBuf zero = converter.convert(bytes, (byte) 0, 0);
            var expected = readByKafka(stored).stream()
                    .map(seen -> new KafkaBatches.Seen(seen.offset(), -1, seen.key(), seen.value(), seen.headers()))
                    .toList();
            assertThat(readByKafka(zero)).isEqualTo(expected);
            zero.release();
        }
    }

    /** The conversion of Kafka's brokers up to 3.9, by Kafka's builder. */
    private static MemoryRecords convertedByKafka(ByteBuf bytes, byte magic, Compression compression) {
        var batch = MemoryRecords.readableRecords(bytes.nioBuffer()).firstBatch();
        boolean isLogAppendTime = batch.timestampType() == org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME;
        var builder = MemoryRecords.builder(
                ByteBuffer.allocate(1 << 10),
                magic,
                KafkaBatches.codec(compression),
                batch.timestampType(),
                batch.iterator().next().offset(),
                isLogAppendTime ? batch.maxTimestamp() : -1L);
        for (var record : batch) {
            builder.appendWithOffset(record.offset(), record.timestamp(), record.key(), record.value());
        }
        return builder.build();
    }

    private @Nullable ErrorCode errorOf(ByteBuf bytes) {
        try {
            validator.validate(bytes, OLD_VERSION, config(null), NOW).release();
            return null;
        } catch (ApiException e) {
            return e.error();
        }
    }

    private static ValidationConfig config(@Nullable Compression target) {
        return new ValidationConfig(
                10_000_000,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                false,
                target,
                target == null ? 0 : target.levelDefault());
    }

    /** Releases {@code inner}. */
    private static ByteBuf wrapper(long offset, ByteBuf... inner) {
        ByteBuf messages = TestBuffers.ALLOCATOR.buffer();
        for (var message : inner) {
            messages.writeBytes(message);
            message.release();
        }
        ByteBuf out = TestBuffers.ALLOCATOR.buffer();
        LegacyMessage.writeWrapper(out, (byte) 1, offset, TimestampType.CREATE_TIME, NOW, Compression.GZIP, messages);
        messages.release();
        return out;
    }

    private static ByteBuf inner(long offset) {
        ByteBuf out = TestBuffers.ALLOCATOR.buffer();
        ByteBuf value = Unpooled.wrappedBuffer("some value".getBytes());
        LegacyMessage.write(out, (byte) 1, offset, TimestampType.CREATE_TIME, NOW, null, value);
        return out;
    }
}
