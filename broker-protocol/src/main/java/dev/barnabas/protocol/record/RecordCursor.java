package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Steps through the records of a batch of message format 2 without an object per record:
 *
 * <pre>{@code
 * try (var cursor = new RecordCursor(allocator, decompressedBytesMax)) {
 *     cursor.reset(batch);
 *     while (cursor.next()) {
 *         use(cursor.record());
 *     }
 * }
 * }</pre>
 *
 * <p>Records of an uncompressed batch are seen where they lie; those of a compressed one in a copy, which the cursor
 * decompresses when it is set to the batch and releases when it moves to another or closes. Every step checks that the
 * record keeps within the batch and says of itself what is there; the last also that nothing follows it. What is wrong
 * is an {@link InvalidRecordException}. Reusable; one thread at a time.
 */
public final class RecordCursor implements AutoCloseable {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ByteBufAllocator allocator;
    private final long decompressedBytesMax;
    private final Map<Compression, Decompressor> decompressors = new EnumMap<>(Compression.class);
    private final Record record = new Record();

    /** The copy of a compressed batch's records; owned. */
    private @Nullable ByteBuf decompressed;

    private ByteBuffer bytes = NOTHING;
    /** Absolute position in {@link Record#buffer} of {@link #bytes}' position 0. */
    private int bytesIndex;

    private int position;
    private int end;
    private int recordsLeft;
    private long baseOffset;
    private long baseTimestamp;
    private int baseSequence;
    private long logAppendTime;
    private boolean isLogAppendTime;
    private int offsetDelta;

    /**
     * A cursor for batches compressed or not.
     *
     * @param allocator of the copies of compressed batches' records
     * @param decompressedBytesMax bytes that the records of one batch may take when decompressed
     */
    public RecordCursor(ByteBufAllocator allocator, long decompressedBytesMax) {
        this.allocator = allocator;
        this.decompressedBytesMax = Math.min(decompressedBytesMax, Integer.MAX_VALUE - 64);
    }

    /**
     * Moves to before the first record of {@code batch}, which must lie whole within its buffer. Does not check its
     * checksum.
     *
     * @throws CorruptBatchException if the codec is unknown
     * @throws UnsupportedCompressionException if the codec's library is missing
     * @throws DecompressionException if the records do not decompress
     * @throws InvalidRecordException if the record count is negative
     */
    public RecordCursor reset(RecordBatch batch) {
        releaseCopy();
        if (!batch.isCompressed()) {
            reset(batch, batch.buffer(), batch.recordsIndex(), batch.recordsSizeInBytes());
            return this;
        }
        var copy = decompress(batch);
        decompressed = copy;
        reset(batch, copy, copy.readerIndex(), copy.readableBytes());
        return this;
    }

    /** Moves to before the first record; the records lie uncompressed where {@code buffer} has them. */
    private void reset(RecordBatch batch, ByteBuf buffer, int index, int length) {
        reset(batch, buffer, buffer.nioBuffer(index, length), index, 0);
    }

    /** The same for one who has {@code buffer}'s bytes at hand already: {@code bytes}' position 0 is {@code index}. */
    void reset(RecordBatch batch, ByteBuf buffer, ByteBuffer bytes, int index, int from) {
        int count = batch.recordCount();
        if (count < 0) {
            throw new InvalidRecordException("record count: " + count + " (expected: at least 0)");
        }
        this.bytes = bytes;
        this.bytesIndex = index;
        this.position = from;
        this.end = bytes.limit();
        this.recordsLeft = count;
        this.baseOffset = batch.baseOffset();
        this.baseTimestamp = batch.baseTimestamp();
        this.baseSequence = batch.baseSequence();
        this.isLogAppendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
        this.logAppendTime = batch.maxTimestamp();
        record.buffer = buffer;
    }

    /**
     * Steps to the next record; {@code false} if there is none.
     *
     * @throws InvalidRecordException if the record is not what it says it is
     */
    public boolean next() {
        if (recordsLeft == 0) {
            return false;
        }
        try {
            readRecord();
        } catch (IndexOutOfBoundsException e) {
            throw new InvalidRecordException("record: runs past the end of its batch (expected: to end within)");
        }
        if (--recordsLeft == 0 && position != end) {
            throw new InvalidRecordException(
                    "batch: " + (end - position) + " bytes after its last record (expected: 0)");
        }
        return true;
    }

    /** The record stepped to: the same view each time. */
    public Record record() {
        return record;
    }

    /** What the current record adds to the base offset. */
    int offsetDelta() {
        return offsetDelta;
    }

    /** Lets go of the batch and frees the copy of its records, if there is one. The cursor can be reset again. */
    @Override
    public void close() {
        releaseCopy();
        bytes = NOTHING;
        position = 0;
        end = 0;
        recordsLeft = 0;
        record.buffer = Unpooled.EMPTY_BUFFER;
    }

    private void releaseCopy() {
        if (decompressed != null) {
            decompressed.release();
            decompressed = null;
        }
    }

    private ByteBuf decompress(RecordBatch batch) {
        var decompressor = decompressors.computeIfAbsent(
                batch.compression(), compression -> compression.newDecompressor(RecordBatch.MAGIC_V2));
        var copy = allocator.buffer(Math.min(2 * batch.sizeInBytes(), 1 << 20));
        try {
            decompressor.open(batch.buffer(), batch.recordsIndex(), batch.recordsSizeInBytes(), decompressedBytesMax);
            decompressor.readRemaining(copy);
            return copy;
        } catch (RuntimeException | Error e) {
            copy.release();
            throw e;
        } finally {
            decompressor.close();
        }
    }

    private void readRecord() {
        int length = readVarint();
        int start = position;
        if (length < 0 || length > end - start) {
            throw new InvalidRecordException("record length: " + length + " (expected: 0-" + (end - start) + ")");
        }
        position++;
        long timestampDelta = readVarlong();
        offsetDelta = readVarint();
        record.offset = baseOffset + offsetDelta;
        record.timestamp = isLogAppendTime ? logAppendTime : baseTimestamp + timestampDelta;
        record.sequence = baseSequence < 0 ? RecordBatch.NO_SEQUENCE : (baseSequence + offsetDelta) & Integer.MAX_VALUE;
        int keySize = readVarint();
        record.keySize = Math.max(keySize, -1);
        record.keyIndex = bytesIndex + position;
        skip(keySize);
        int valueSize = readVarint();
        record.valueSize = Math.max(valueSize, -1);
        record.valueIndex = bytesIndex + position;
        skip(valueSize);
        readHeaders();
        if (position - start != length) {
            throw new InvalidRecordException(
                    "record length: " + length + " (expected: " + (position - start) + ", which its fields take)");
        }
    }

    private void readHeaders() {
        int count = readVarint();
        int start = position;
        if (count < 0 || count > end - start) {
            throw new InvalidRecordException("record headers: " + count + " (expected: 0-" + (end - start) + ")");
        }
        for (int i = 0; i < count; i++) {
            int keySize = readVarint();
            if (keySize < 0) {
                throw new InvalidRecordException("header key length: " + keySize + " (expected: at least 0)");
            }
            skip(keySize);
            skip(readVarint());
        }
        record.headerCount = count;
        record.headersIndex = bytesIndex + start;
        record.headersSize = position - start;
    }

    private void skip(int size) {
        if (size > end - position) {
            throw new InvalidRecordException("field length: " + size + " (expected: at most " + (end - position) + ")");
        }
        if (size > 0) {
            position += size;
        }
    }

    private int readVarint() {
        int b = bytes.get(position++);
        int value = b & 0x7f;
        for (int shift = 7; b < 0; shift += 7) {
            if (shift > 28) {
                throw new InvalidRecordException("varint: longer than 5 bytes (expected: at most 5)");
            }
            b = bytes.get(position++);
            value |= (b & 0x7f) << shift;
        }
        return (value >>> 1) ^ -(value & 1);
    }

    private long readVarlong() {
        int b = bytes.get(position++);
        long value = b & 0x7f;
        for (int shift = 7; b < 0; shift += 7) {
            if (shift > 63) {
                throw new InvalidRecordException("varlong: longer than 10 bytes (expected: at most 10)");
            }
            b = bytes.get(position++);
            value |= (long) (b & 0x7f) << shift;
        }
        return (value >>> 1) ^ -(value & 1);
    }
}
