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
        this.isLogAppendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
        this.logAppendTime = batch.maxTimestamp();
        record.buffer = buffer;
        record.baseOffset = baseOffset;
        record.baseSequence = batch.baseSequence();
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

    /**
     * Reads the record at {@link #position}. The next one's position is taken from this one's length, not from where its
     * fields end, though they must agree: so the processor reads ahead instead of waiting for every field in turn.
     */
    private void readRecord() {
        var in = bytes;
        var record = this.record;
        long field = readVarint(in, position);
        int start = next(field);
        int recordEnd = start + checkSize(value(field), start, end);
        field = readVarint(in, readTimestamp(in, start + 1));
        offsetDelta = value(field);
        record.offset = baseOffset + offsetDelta;
        field = readVarint(in, next(field));
        int at = next(field);
        record.keyIndex = bytesIndex + at;
        record.keySize = checkSize(value(field), at, recordEnd);
        field = readVarint(in, at + Math.max(value(field), 0));
        at = next(field);
        record.valueIndex = bytesIndex + at;
        record.valueSize = checkSize(value(field), at, recordEnd);
        field = readVarint(in, at + Math.max(value(field), 0));
        at = next(field);
        record.headersIndex = bytesIndex + at;
        record.headerCount = value(field);
        if (value(field) != 0) {
            at = skipHeaders(in, value(field), at, recordEnd);
        }
        record.headersEnd = bytesIndex + at;
        if (at != recordEnd) {
            throw wrongLength(recordEnd - start, at - start);
        }
        position = recordEnd;
    }

    /** Reads the timestamp delta at {@code at}; returns the position behind it. */
    private int readTimestamp(ByteBuffer in, int at) {
        int position = at;
        int b = in.get(position++);
        long delta = b & 0x7f;
        int shift = 7;
        while (b < 0) {
            if (shift > 63) {
                throw new InvalidRecordException("varlong: longer than 10 bytes (expected: at most 10)");
            }
            b = in.get(position++);
            delta |= (long) (b & 0x7f) << shift;
            shift += 7;
        }
        record.timestamp = isLogAppendTime ? logAppendTime : baseTimestamp + ((delta >>> 1) ^ -(delta & 1));
        return position;
    }

    private static int skipHeaders(ByteBuffer in, int count, int start, int recordEnd) {
        if (count < 0 || count > recordEnd - start) {
            throw new InvalidRecordException("record headers: " + count + " (expected: 0-" + (recordEnd - start) + ")");
        }
        int at = start;
        for (int i = 0; i < count; i++) {
            long key = readVarint(in, at);
            if (value(key) < 0) {
                throw new InvalidRecordException("header key length: " + value(key) + " (expected: at least 0)");
            }
            long value = readVarint(in, next(key) + checkSize(value(key), next(key), recordEnd));
            at = next(value) + Math.max(checkSize(value(value), next(value), recordEnd), 0);
        }
        return at;
    }

    /** The size of a field that begins at {@code at}; any negative one means null. */
    private static int checkSize(int size, int at, int limit) {
        if (size > limit - at) {
            throw new InvalidRecordException("length: " + size + " (expected: at most " + (limit - at) + ")");
        }
        return size;
    }

    private static InvalidRecordException wrongLength(int length, int fieldsLength) {
        return new InvalidRecordException(
                "record length: " + length + " (expected: " + fieldsLength + ", which its fields take)");
    }

    /** The varint at {@code at}: its {@link #value} and the position of what is {@link #next}, in one long. */
    private static long readVarint(ByteBuffer in, int at) {
        int first = in.get(at);
        if (first >= 0) {
            return varint(first, at + 1);
        }
        int second = in.get(at + 1);
        int value = first & 0x7f | (second & 0x7f) << 7;
        return second >= 0 ? varint(value, at + 2) : readLongVarint(in, at + 2, value);
    }

    private static long readLongVarint(ByteBuffer in, int at, int low) {
        int position = at;
        int value = low;
        int b;
        int shift = 14;
        do {
            if (shift > 28) {
                throw new InvalidRecordException("varint: longer than 5 bytes (expected: at most 5)");
            }
            b = in.get(position++);
            value |= (b & 0x7f) << shift;
            shift += 7;
        } while (b < 0);
        return varint(value, position);
    }

    private static long varint(int zigZag, int next) {
        return (long) ((zigZag >>> 1) ^ -(zigZag & 1)) << 32 | next;
    }

    private static int value(long varint) {
        return (int) (varint >> 32);
    }

    private static int next(long varint) {
        return (int) varint;
    }
}
