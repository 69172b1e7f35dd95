package dev.barnabas.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordBatchTest {

    private final List<ByteBuf> allocated = new ArrayList<>();

    @AfterEach
    void releaseBuffers() {
        allocated.forEach(ByteBuf::release);
    }

    @Test
    void everyHeaderFieldReadsAsKafkaWroteIt() {
        MemoryRecords theirs = transactionalBatch(17L);
        DefaultRecordBatch expected = (DefaultRecordBatch) theirs.firstBatch();
        for (ByteBuf bytes : everyKindOfBuffer(theirs.buffer())) {
            var batch = new RecordBatch().wrap(bytes, bytes.readerIndex());
            assertThat(batch.baseOffset()).isEqualTo(17L).isEqualTo(expected.baseOffset());
            assertThat(batch.sizeInBytes()).isEqualTo(expected.sizeInBytes());
            assertThat(batch.partitionLeaderEpoch()).isEqualTo(expected.partitionLeaderEpoch());
            assertThat(batch.magic()).isEqualTo(expected.magic());
            assertThat(batch.checksum()).isEqualTo(expected.checksum());
            assertThat(batch.computeChecksum()).isEqualTo(expected.checksum());
            assertThat(batch.isChecksumValid()).isTrue();
            assertThat(batch.lastOffset()).isEqualTo(expected.lastOffset());
            assertThat(batch.nextOffset()).isEqualTo(expected.nextOffset());
            assertThat(batch.baseTimestamp()).isEqualTo(expected.baseTimestamp());
            assertThat(batch.maxTimestamp()).isEqualTo(expected.maxTimestamp());
            assertThat(batch.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
            assertThat(batch.producerId()).isEqualTo(expected.producerId());
            assertThat(batch.producerEpoch()).isEqualTo(expected.producerEpoch());
            assertThat(batch.baseSequence()).isEqualTo(expected.baseSequence());
            assertThat(batch.lastSequence()).isEqualTo(expected.lastSequence());
            assertThat(batch.recordCount()).isEqualTo(expected.countOrNull());
            assertThat(batch.isTransactional()).isTrue();
            assertThat(batch.isControl()).isFalse();
            assertThat(batch.isCompressed()).isFalse();
            assertThat(batch.hasDeleteHorizon()).isFalse();
            assertThat(batch.compression()).isEqualTo(Compression.NONE);
        }
    }

    @Test
    void offsetAndEpochAreStampedOutsideTheChecksum() {
        ByteBuf bytes = heap(transactionalBatch(0L).buffer());
        var batch = new RecordBatch().wrap(bytes, 0);
        long checksum = batch.checksum();
        batch.setLastOffset(5_000_000_002L);
        batch.setPartitionLeaderEpoch(77);
        assertThat(batch.checksum()).isEqualTo(checksum);
        DefaultRecordBatch theirs = kafkaView(bytes);
        theirs.ensureValid();
        assertThat(theirs.baseOffset()).isEqualTo(5_000_000_000L);
        assertThat(theirs.partitionLeaderEpoch()).isEqualTo(77);
    }

    @Test
    void logAppendTimeRewritesAttributesTimestampAndChecksum() {
        for (ByteBuf bytes : everyKindOfBuffer(transactionalBatch(0L).buffer())) {
            var batch = new RecordBatch().wrap(bytes, bytes.readerIndex());
            batch.setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 123_456L);
            DefaultRecordBatch theirs = kafkaView(bytes);
            theirs.ensureValid();
            assertThat(theirs.maxTimestamp()).isEqualTo(123_456L);
            assertThat(theirs.timestampType()).isEqualTo(org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME);
            assertThat(theirs.isTransactional()).isTrue();
            batch.setMaxTimestamp(TimestampType.CREATE_TIME, 123_457L);
            theirs = kafkaView(bytes);
            theirs.ensureValid();
            assertThat(theirs.timestampType()).isEqualTo(org.apache.kafka.common.record.TimestampType.CREATE_TIME);
        }
    }

    @Test
    void sequenceNumbersWrapAround() {
        ByteBuffer theirs = MemoryRecords.withIdempotentRecords(
                        org.apache.kafka.common.compress.Compression.NONE,
                        9L,
                        (short) 0,
                        Integer.MAX_VALUE,
                        new SimpleRecord("a".getBytes()),
                        new SimpleRecord("b".getBytes()))
                .buffer();
        assertThat(new RecordBatch().wrap(heap(theirs), 0).lastSequence()).isZero();
    }

    @Test
    void oneFlippedBitUnderTheChecksumIsSeen() {
        ByteBuf bytes = heap(transactionalBatch(0L).buffer());
        var batch = new RecordBatch().wrap(bytes, 0);
        for (int i = RecordBatch.ATTRIBUTES_OFFSET; i < bytes.writerIndex(); i++) {
            bytes.setByte(i, bytes.getByte(i) ^ 1);
            assertThat(batch.isChecksumValid()).as("byte %d", i).isFalse();
            bytes.setByte(i, bytes.getByte(i) ^ 1);
        }
        assertThat(batch.isChecksumValid()).isTrue();
    }

    @Test
    void aCursorYieldsWholeBatchesAndReportsTheTruncatedTail() {
        ByteBuf bytes = Unpooled.buffer();
        allocated.add(bytes);
        bytes.writeZero(3);
        int first = bytes.writerIndex();
        bytes.writeBytes(transactionalBatch(10L).buffer());
        int second = bytes.writerIndex();
        bytes.writeBytes(transactionalBatch(20L).buffer());
        int end = bytes.writerIndex();
        var batches = new RecordBatches();
        for (int cut = 0; cut < end - second; cut++) {
            batches.reset(bytes, first, end - first - cut);
            assertThat(batches.next()).isTrue();
            assertThat(batches.batch().baseOffset()).isEqualTo(10L);
            assertThat(batches.next()).isEqualTo(cut == 0);
            if (cut == 0) {
                assertThat(batches.batch().baseOffset()).isEqualTo(20L);
                assertThat(batches.next()).isFalse();
            }
            assertThat(batches.bytesLeft()).isEqualTo(cut == 0 ? 0 : end - second - cut);
        }
    }

    @Test
    void aCursorRefusesBytesThatCannotBeABatch() {
        var batches = new RecordBatches();
        ByteBuf bytes = heap(transactionalBatch(0L).buffer());
        int length = bytes.getInt(RecordBatch.LENGTH_OFFSET);
        for (int wrong : new int[] {0, -1, 13, 48, Integer.MIN_VALUE}) {
            bytes.setInt(RecordBatch.LENGTH_OFFSET, wrong);
            assertThatThrownBy(batches.reset(bytes)::next)
                    .isInstanceOf(CorruptBatchException.class)
                    .hasMessageContaining("length: " + wrong);
        }
        bytes.setInt(RecordBatch.LENGTH_OFFSET, Integer.MAX_VALUE);
        assertThat(batches.reset(bytes).next()).isFalse();
        bytes.setInt(RecordBatch.LENGTH_OFFSET, length);
        bytes.setByte(RecordBatch.MAGIC_OFFSET, 3);
        assertThatThrownBy(batches.reset(bytes)::next)
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("magic: 3");
    }

    private static MemoryRecords transactionalBatch(long baseOffset) {
        return MemoryRecords.withTransactionalRecords(
                baseOffset,
                org.apache.kafka.common.compress.Compression.NONE,
                4_000_000_000L,
                (short) 12,
                345,
                6,
                new SimpleRecord(1_000L, "k".getBytes(), "v".getBytes()),
                new SimpleRecord(3_000L, null, "w".getBytes()),
                new SimpleRecord(2_000L, "k".getBytes(), null));
    }

    private DefaultRecordBatch kafkaView(ByteBuf bytes) {
        return (DefaultRecordBatch)
                MemoryRecords.readableRecords(bytes.nioBuffer()).firstBatch();
    }

    private ByteBuf heap(ByteBuffer bytes) {
        ByteBuf buffer = Unpooled.buffer(bytes.remaining()).writeBytes(bytes.duplicate());
        allocated.add(buffer);
        return buffer;
    }

    /** Heap, direct, a slice, and one whose bytes lie in three parts. */
    private List<ByteBuf> everyKindOfBuffer(ByteBuffer bytes) {
        ByteBuf direct = UnpooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(bytes.duplicate());
        allocated.add(direct);
        ByteBuf larger = Unpooled.buffer().writeZero(11).writeBytes(bytes.duplicate());
        allocated.add(larger);
        ByteBuf whole = heap(bytes);
        ByteBuf parts = Unpooled.wrappedBuffer(
                heap(bytes).retainedSlice(0, 30),
                whole.retainedSlice(30, 20),
                whole.retainedSlice(50, whole.writerIndex() - 50));
        allocated.add(parts);
        return List.of(heap(bytes), direct, larger.slice(11, bytes.remaining()), parts);
    }
}
