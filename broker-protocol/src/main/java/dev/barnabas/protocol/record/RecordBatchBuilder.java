package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds batches of message format 2, one after the other: settings, then records, then {@link #build()}, which hands
 * over a buffer that the caller releases, and keeps the settings for the next batch. {@link #close()} releases what was
 * begun and not built. One thread at a time.
 *
 * <p>The first record's timestamp is the base timestamp, unless a delete horizon is set. Records get consecutive
 * offsets from the base offset on, unless appended with their own, which must rise.
 */
public final class RecordBatchBuilder implements AutoCloseable {

    private static final int INITIAL_BYTES = 256;

    private final ByteBufAllocator allocator;
    private Compression compression = Compression.NONE;
    private int compressionLevel;
    private long baseOffset;
    private int partitionLeaderEpoch = RecordBatch.NO_PARTITION_LEADER_EPOCH;
    private TimestampType timestampType = TimestampType.CREATE_TIME;
    private long logAppendTimeMs = RecordBatch.NO_TIMESTAMP;
    private long deleteHorizonMs = RecordBatch.NO_TIMESTAMP;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private boolean transactional;
    private boolean control;

    /** Header and records of the batch under way, uncompressed; owned. */
    private @Nullable ByteBuf batch;

    private int recordCount;
    private long baseTimestamp;
    private long maxTimestamp;
    private long lastOffset;

    public RecordBatchBuilder(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** How to compress; default: not at all. */
    public RecordBatchBuilder compression(Compression compression) {
        return compression(compression, compression.levelDefault());
    }

    public RecordBatchBuilder compression(Compression compression, int level) {
        this.compression = compression;
        this.compressionLevel = level;
        return this;
    }

    /** Offset of the first record; default 0. */
    public RecordBatchBuilder baseOffset(long offset) {
        requireNoRecords("baseOffset");
        this.baseOffset = offset;
        return this;
    }

    /** Default: none. */
    public RecordBatchBuilder partitionLeaderEpoch(int epoch) {
        this.partitionLeaderEpoch = epoch;
        return this;
    }

    /** Makes the timestamp type LogAppendTime; default: CreateTime. */
    public RecordBatchBuilder logAppendTime(long timestampMs) {
        this.timestampType = TimestampType.LOG_APPEND_TIME;
        this.logAppendTimeMs = timestampMs;
        return this;
    }

    /** The time from which compaction may drop tombstones and markers (KIP-534); default: none. */
    public RecordBatchBuilder deleteHorizonMs(long timestampMs) {
        requireNoRecords("deleteHorizonMs");
        this.deleteHorizonMs = timestampMs;
        return this;
    }

    /** Default: none. */
    public RecordBatchBuilder producer(long id, short epoch, int baseSequence) {
        this.producerId = id;
        this.producerEpoch = epoch;
        this.baseSequence = baseSequence;
        return this;
    }

    /** Default: no. */
    public RecordBatchBuilder transactional(boolean transactional) {
        this.transactional = transactional;
        return this;
    }

    /** Whether the records are {@link ControlRecord}s; default: no. */
    public RecordBatchBuilder control(boolean control) {
        this.control = control;
        return this;
    }

    public RecordBatchBuilder append(long timestampMs, byte @Nullable [] key, byte @Nullable [] value) {
        return append(timestampMs, key, value, List.of());
    }

    public RecordBatchBuilder append(
            long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        return append(nextOffset(), timestampMs, wrap(key), wrap(value), headers);
    }

    /** Appends a record of the readable bytes of {@code key} and {@code value}, whose indices do not move. */
    public RecordBatchBuilder append(long timestampMs, @Nullable ByteBuf key, @Nullable ByteBuf value) {
        return append(nextOffset(), timestampMs, key, value, List.of());
    }

    /** The same with an offset, which must be higher than that of the record before. */
    public RecordBatchBuilder append(
            long offset, long timestampMs, @Nullable ByteBuf key, @Nullable ByteBuf value, List<RecordHeader> headers) {
        int headersSize = headersSize(headers);
        var out = appendHead(offset, timestampMs, size(key), size(value), headersSize);
        appendField(out, key);
        appendField(out, value);
        Varints.write(out, headers.size());
        for (var header : headers) {
            appendHeader(out, header);
        }
        return this;
    }

    /** Appends a copy of {@code record}, its offset and headers included. */
    public RecordBatchBuilder append(Record record) {
        return append(record.offset, record);
    }

    /** Appends a copy of {@code record} with another offset. */
    public RecordBatchBuilder append(long offset, Record record) {
        int headersSize = record.headersEnd - record.headersIndex;
        var out = appendHead(
                offset,
                record.timestamp,
                record.keySize(),
                record.valueSize(),
                Varints.size(record.headerCount) + headersSize);
        appendField(out, record.buffer, record.keyIndex, record.keySize());
        appendField(out, record.buffer, record.valueIndex, record.valueSize());
        Varints.write(out, record.headerCount);
        out.writeBytes(record.buffer, record.headersIndex, headersSize);
        return this;
    }

    /** Records appended since the last batch was built. */
    public int recordCount() {
        return recordCount;
    }

    /** Bytes that the batch under way takes before compression. */
    public int sizeInBytes() {
        return batch == null ? RecordBatch.HEADER_BYTES : batch.readableBytes();
    }

    /** The offset that the next record gets. */
    public long nextOffset() {
        return recordCount == 0 ? baseOffset : lastOffset + 1;
    }

    /**
     * The batch of the records appended, for the caller to release; the next one begins empty, at the same base offset.
     *
     * @throws IllegalStateException if there are no records
     */
    public ByteBuf build() {
        if (recordCount == 0) {
            throw new IllegalStateException("records: 0 (expected: at least 1)");
        }
        return build(lastOffset);
    }

    /**
     * The same, for a batch of a compacted log that keeps the last offset of the records it once had, and may be empty.
     */
    public ByteBuf build(long lastOffset) {
        var out = begin();
        batch = null;
        try {
            out = compressed(out);
            writeHeader(out, lastOffset);
            return out;
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        } finally {
            recordCount = 0;
        }
    }

    /** Releases what was begun and not built; the builder can be used again. */
    @Override
    public void close() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
        recordCount = 0;
    }

    private ByteBuf compressed(ByteBuf plain) {
        if (compression == Compression.NONE || recordCount == 0) {
            return plain;
        }
        var out = allocator.buffer(plain.readableBytes() / 2 + INITIAL_BYTES).writeZero(RecordBatch.HEADER_BYTES);
        try {
            var records = plain.slice(RecordBatch.HEADER_BYTES, plain.writerIndex() - RecordBatch.HEADER_BYTES);
            compression.compress(records, out, compressionLevel);
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        }
        plain.release();
        return out;
    }

    private void writeHeader(ByteBuf out, long lastOffset) {
        boolean hasDeleteHorizon = deleteHorizonMs != RecordBatch.NO_TIMESTAMP;
        int attributes = (recordCount == 0 ? 0 : compression.id())
                | (timestampType == TimestampType.LOG_APPEND_TIME ? RecordBatch.LOG_APPEND_TIME_BIT : 0)
                | (transactional ? RecordBatch.TRANSACTIONAL_BIT : 0)
                | (control ? RecordBatch.CONTROL_BIT : 0)
                | (hasDeleteHorizon ? RecordBatch.DELETE_HORIZON_BIT : 0);
        long largest = recordCount == 0 ? RecordBatch.NO_TIMESTAMP : maxTimestamp;
        out.setLong(RecordBatch.BASE_OFFSET_OFFSET, baseOffset);
        out.setInt(RecordBatch.LENGTH_OFFSET, out.writerIndex() - RecordBatch.LOG_OVERHEAD_BYTES);
        out.setInt(RecordBatch.PARTITION_LEADER_EPOCH_OFFSET, partitionLeaderEpoch);
        out.setByte(RecordBatch.MAGIC_OFFSET, RecordBatch.MAGIC_V2);
        out.setShort(RecordBatch.ATTRIBUTES_OFFSET, attributes);
        out.setInt(RecordBatch.LAST_OFFSET_DELTA_OFFSET, Math.toIntExact(lastOffset - baseOffset));
        out.setLong(RecordBatch.BASE_TIMESTAMP_OFFSET, recordCount == 0 ? deleteHorizonMs : baseTimestamp);
        out.setLong(
                RecordBatch.MAX_TIMESTAMP_OFFSET,
                timestampType == TimestampType.LOG_APPEND_TIME ? logAppendTimeMs : largest);
        out.setLong(RecordBatch.PRODUCER_ID_OFFSET, producerId);
        out.setShort(RecordBatch.PRODUCER_EPOCH_OFFSET, producerEpoch);
        out.setInt(RecordBatch.BASE_SEQUENCE_OFFSET, baseSequence);
        out.setInt(RecordBatch.RECORD_COUNT_OFFSET, recordCount);
        new RecordBatch().wrap(out, 0).setChecksum();
    }

    private ByteBuf begin() {
        if (batch == null) {
            batch = allocator.buffer(INITIAL_BYTES).writeZero(RecordBatch.HEADER_BYTES);
        }
        return batch;
    }

    private ByteBuf appendHead(long offset, long timestampMs, int keySize, int valueSize, int headersSize) {
        if (offset < nextOffset()) {
            throw new IllegalArgumentException("offset: " + offset + " (expected: at least " + nextOffset() + ")");
        }
        int offsetDelta = Math.toIntExact(offset - baseOffset);
        if (recordCount == 0) {
            baseTimestamp = deleteHorizonMs == RecordBatch.NO_TIMESTAMP ? timestampMs : deleteHorizonMs;
            maxTimestamp = timestampMs;
        }
        long timestampDelta = timestampMs - baseTimestamp;
        int length = 1
                + Varints.size(timestampDelta)
                + Varints.size(offsetDelta)
                + fieldSize(keySize)
                + fieldSize(valueSize)
                + headersSize;
        var out = begin();
        Varints.write(out, length);
        out.writeByte(0);
        Varints.write(out, timestampDelta);
        Varints.write(out, offsetDelta);
        maxTimestamp = Math.max(maxTimestamp, timestampMs);
        lastOffset = offset;
        recordCount++;
        return out;
    }

    private void requireNoRecords(String setting) {
        if (recordCount > 0) {
            throw new IllegalStateException(setting + ": set after " + recordCount + " records (expected: before)");
        }
    }

    private static void appendField(ByteBuf out, @Nullable ByteBuf field) {
        if (field == null) {
            Varints.write(out, -1);
        } else {
            appendField(out, field, field.readerIndex(), field.readableBytes());
        }
    }

    private static void appendField(ByteBuf out, ByteBuf from, int index, int size) {
        Varints.write(out, size);
        if (size > 0) {
            out.writeBytes(from, index, size);
        }
    }

    private static void appendHeader(ByteBuf out, RecordHeader header) {
        Varints.write(out, ByteBufUtil.utf8Bytes(header.key()));
        ByteBufUtil.writeUtf8(out, header.key());
        var value = header.value();
        if (value == null) {
            Varints.write(out, -1);
        } else {
            Varints.write(out, value.length);
            out.writeBytes(value);
        }
    }

    private static int headersSize(List<RecordHeader> headers) {
        int size = Varints.size(headers.size());
        for (var header : headers) {
            var value = header.value();
            size += fieldSize(ByteBufUtil.utf8Bytes(header.key())) + fieldSize(value == null ? -1 : value.length);
        }
        return size;
    }

    private static int fieldSize(int size) {
        return Varints.size(size) + Math.max(size, 0);
    }

    private static int size(@Nullable ByteBuf field) {
        return field == null ? -1 : field.readableBytes();
    }

    private static @Nullable ByteBuf wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : Unpooled.wrappedBuffer(bytes);
    }
}
