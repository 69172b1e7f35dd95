package dev.barnabas.protocol.record;

import static dev.barnabas.protocol.record.KafkaBatches.readByKafka;
import static dev.barnabas.protocol.record.KafkaBatches.readByUs;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches travel between Kafka's classes and ours, both ways. */
@ExtendWith(TestBuffers.class)
class RecordInteropTest {

    private static final long SEED = 20_261_123L;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatKafkaBuildsWeReadEqual(Compression compression) {
        var random = new Random(SEED);
        for (int round = 0; round < 40; round++) {
            var records = KafkaBatches.randomRecords(random, 1 + random.nextInt(60), true);
            var theirs = KafkaBatches.build((byte) 2, compression, random.nextInt(1000), records);
            assertThat(readByUs(KafkaBatches.copy(theirs)))
                    .as("seed %d, round %d", SEED, round)
                    .isEqualTo(readByKafka(theirs));
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatWeBuildKafkaReadsEqual(Compression compression) {
        var random = new Random(SEED);
        try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
            for (int round = 0; round < 40; round++) {
                int count = 1 + random.nextInt(60);
                builder.compression(compression)
                        .baseOffset(random.nextInt(1000))
                        .partitionLeaderEpoch(5)
                        .producer(77, (short) 3, 100);
                appendAll(builder, KafkaBatches.randomRecords(random, count, true));
                ByteBuf ours = builder.build();
                assertThat(readByKafka(ours))
                        .as("seed %d, round %d", SEED, round)
                        .hasSize(count)
                        .isEqualTo(readByUs(ours));
                ours.release();
            }
        }
    }

    @Test
    void anUncompressedBatchOfOursIsByteForByteTheirs() {
        var random = new Random(SEED);
        for (int round = 0; round < 40; round++) {
            var records = KafkaBatches.randomRecords(random, 1 + random.nextInt(60), true);
            var theirs = MemoryRecords.withTransactionalRecords(
                    (byte) 2,
                    12L,
                    KafkaBatches.codec(Compression.NONE),
                    4711L,
                    (short) 2,
                    8,
                    6,
                    records.toArray(SimpleRecord[]::new));
            try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
                builder.baseOffset(12)
                        .producer(4711L, (short) 2, 8)
                        .partitionLeaderEpoch(6)
                        .transactional(true);
                appendAll(builder, records);
                ByteBuf ours = builder.build();
                assertThat(ours).as("seed %d, round %d", SEED, round).isEqualTo(KafkaBatches.copy(theirs));
                ours.release();
            }
        }
    }

    @Test
    void logAppendTimeGivesEveryRecordTheTimeOfTheBatch() {
        try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
            ByteBuf ours = builder.logAppendTime(5_000L)
                    .append(1L, null, bytes("a"))
                    .append(2L, null, bytes("b"))
                    .build();
            assertThat(readByKafka(ours))
                    .extracting(KafkaBatches.Seen::timestamp)
                    .containsOnly(5_000L);
            assertThat(readByUs(ours)).isEqualTo(readByKafka(ours));
            ours.release();
        }
    }

    @Test
    void aCompactedBatchKeepsItsOffsetsAndDeleteHorizon() {
        try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
            builder.baseOffset(100).deleteHorizonMs(9_000L);
            builder.append(103, 1_000L, Unpooled.wrappedBuffer(bytes("k")), null, List.of());
            builder.append(107, 2_000L, Unpooled.wrappedBuffer(bytes("l")), null, List.of());
            ByteBuf ours = builder.build(110);
            var theirs = (DefaultRecordBatch)
                    MemoryRecords.readableRecords(ours.nioBuffer()).firstBatch();
            assertThat(theirs.lastOffset()).isEqualTo(110);
            assertThat(theirs.deleteHorizonMs()).hasValue(9_000L);
            assertThat(readByKafka(ours)).extracting(KafkaBatches.Seen::offset).containsExactly(103L, 107L);
            assertThat(readByKafka(ours))
                    .extracting(KafkaBatches.Seen::timestamp)
                    .containsExactly(1_000L, 2_000L);
            assertThat(new RecordBatch().wrap(ours, 0).deleteHorizonMs()).isEqualTo(9_000L);
            ours.release();
        }
    }

    @Test
    void aBatchMayBeEmptyAfterCompaction() {
        try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
            ByteBuf ours = builder.baseOffset(100)
                    .producer(9, (short) 1, 7)
                    .compression(Compression.GZIP)
                    .build(104);
            var theirs = (DefaultRecordBatch)
                    MemoryRecords.readableRecords(ours.nioBuffer()).firstBatch();
            theirs.ensureValid();
            assertThat(theirs.lastOffset()).isEqualTo(104);
            assertThat(theirs.lastSequence()).isEqualTo(11);
            assertThat(readByKafka(ours)).isEmpty();
            assertThat(readByUs(ours)).isEmpty();
            ours.release();
        }
    }

    @Test
    void transactionMarkersAreByteForByteTheirs() {
        for (var type : List.of(ControlRecord.Type.ABORT, ControlRecord.Type.COMMIT)) {
            var theirType = ControlRecordType.parse(java.nio.ByteBuffer.wrap(ControlRecord.key(type)));
            assertThat(theirType.name()).isEqualTo(type.name());
            var theirs = MemoryRecords.withEndTransactionMarker(
                    0L, 1_234L, -1, 55L, (short) 6, new EndTransactionMarker(theirType, 0x01020304));
            ByteBuf ours =
                    ControlRecord.transactionMarker(TestBuffers.ALLOCATOR, type, 1_234L, 55L, (short) 6, 0x01020304);
            assertThat(ours).isEqualTo(KafkaBatches.copy(theirs));
            try (var cursor = new RecordCursor(TestBuffers.ALLOCATOR, 1024)) {
                var batch = new RecordBatch().wrap(ours, 0);
                assertThat(batch.isControl()).isTrue();
                cursor.reset(batch);
                assertThat(cursor.next()).isTrue();
                assertThat(ControlRecord.type(cursor.record())).isEqualTo(type);
                assertThat(ControlRecord.coordinatorEpoch(cursor.record())).isEqualTo(0x01020304);
            }
            ours.release();
        }
    }

    @Test
    void everyControlRecordTypeHasKafkasNumber() {
        for (var type : ControlRecord.Type.values()) {
            assertThat(ControlRecordType.fromTypeId((short) type.id()).name()).isEqualTo(type.name());
            assertThat(ControlRecord.Type.forId(type.id())).isEqualTo(type);
        }
        assertThat(ControlRecord.Type.forId(7)).isEqualTo(ControlRecord.Type.UNKNOWN);
    }

    @Test
    void everyCodecHasKafkasNumberNameAndLevels() {
        for (var compression : Compression.values()) {
            var theirs = org.apache.kafka.common.record.internal.CompressionType.forName(compression.configName());
            assertThat(compression.id()).isEqualTo(theirs.id);
            if (compression == Compression.GZIP || compression == Compression.LZ4 || compression == Compression.ZSTD) {
                assertThat(compression.levelMin()).isEqualTo(theirs.minLevel());
                assertThat(compression.levelMax()).isEqualTo(theirs.maxLevel());
                assertThat(compression.levelDefault()).isEqualTo(theirs.defaultLevel());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "LZ4", "ZSTD"})
    void everyLevelYieldsWhatKafkaReads(Compression compression) {
        int from = Math.max(compression.levelMin(), -5);
        for (int level = from; level <= compression.levelMax(); level++) {
            try (var builder = new RecordBatchBuilder(TestBuffers.ALLOCATOR)) {
                builder.compression(compression, level);
                appendAll(builder, KafkaBatches.randomRecords(new Random(SEED), 20, true));
                ByteBuf ours = builder.build();
                assertThat(readByKafka(ours)).as("level %d", level).isEqualTo(readByUs(ours));
                ours.release();
            }
        }
    }

    @Test
    void aBareSnappyBlockIsReadLikeAStreamOfThem() throws Exception {
        var plain = new byte[100_000];
        Arrays.fill(plain, (byte) 'y');
        ByteBuf out = TestBuffers.ALLOCATOR.buffer();
        Compression.SNAPPY.decompress(Unpooled.wrappedBuffer(org.xerial.snappy.Snappy.compress(plain)), out, 1 << 20);
        assertThat(out).isEqualTo(Unpooled.wrappedBuffer(plain));
        out.release();
    }

    @Test
    void concatenatedSnappyStreamsAreReadThrough() {
        ByteBuf in = TestBuffers.ALLOCATOR.buffer();
        Compression.SNAPPY.compress(Unpooled.wrappedBuffer(bytes("one ")), in, 0);
        Compression.SNAPPY.compress(Unpooled.wrappedBuffer(bytes("two")), in, 0);
        ByteBuf out = TestBuffers.ALLOCATOR.buffer();
        Compression.SNAPPY.decompress(in, out, 1 << 20);
        assertThat(out).isEqualTo(Unpooled.wrappedBuffer(bytes("one two")));
        in.release();
        out.release();
    }

    private static void appendAll(RecordBatchBuilder builder, List<SimpleRecord> records) {
        for (var record : records) {
            var headers = Arrays.stream(record.headers())
                    .map(header -> new RecordHeader(header.key(), header.value()))
                    .toList();
            builder.append(record.timestamp(), toBytes(record.key()), toBytes(record.value()), headers);
        }
    }

    private static byte[] toBytes(java.nio.ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
