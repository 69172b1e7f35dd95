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

    /** What a copy begins with at most, however large the compressed batch is. */
    static final int INITIAL_BYTES_MAX = 1 << 20;

    /**
     * Bytes that the records of one compressed batch may take when decompressed, whatever else is allowed, as who reads
     * them needs them in memory: an eighth of the JVM's {@code -Xmx}, which bounds direct buffers too, but at least 16 MiB
     * and at most 1 GiB. A few compressed kilobytes may stand for gigabytes. {@link RecordBatchValidator} keeps to it too:
     * what is appended can be converted, searched and compacted.
     */
    public static final long DECOMPRESSED_BYTES_MAX =
            Math.max(16 << 20, Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 8));

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

    /**
     * A cursor for batches compressed or not.
     *
     * @param allocator of the copies of compressed batches' records
     * @param decompressedBytesMax bytes that the records of one batch may take when decompressed; {@link
     *     #DECOMPRESSED_BYTES_MAX} at most
     */
    public RecordCursor(ByteBufAllocator allocator, long decompressedBytesMax) {
        this.allocator = allocator;
        this.decompressedBytesMax = Math.min(decompressedBytesMax, DECOMPRESSED_BYTES_MAX);
    }

    /**
     * Moves to before the first record of {@code batch}, which must lie whole within its buffer. Does not check its
     * checksum.
     *
     * @throws CorruptBatchException if the batch is of another format or its codec unknown
     * @throws UnsupportedCompressionException if the codec's library is missing
     * @throws DecompressionException if the records do not decompress
     * @throws InvalidRecordException if the record count is negative
     */
    public RecordCursor reset(RecordBatch batch) {
        releaseCopy();
        if (batch.magic() != RecordBatch.MAGIC_V2) {
            throw new CorruptBatchException("batch magic: " + batch.magic() + " (expected: 2)");
        }
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
        int count = batch.recordCount();
        if (count < 0) {
            throw new InvalidRecordException("record count: " + count + " (expected: at least 0)");
        }
        this.bytes = buffer.nioBuffer(index, length);
        this.bytesIndex = index;
        this.position = 0;
        this.end = length;
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
        var copy = allocator.buffer(2 * Math.min(batch.sizeInBytes(), INITIAL_BYTES_MAX / 2));
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

    /** Reads the record at {@link #position}; finds the next one as {@link RecordWalk} does. */
    private void readRecord() {
        var in = bytes;
        var record = this.record;
        long length = Varints.read(in, position);
        int start = Varints.next(length);
        int recordEnd = start + RecordWalk.checkSize(Varints.value(length), start, end);
        int timestampEnd = Varints.end(in, start + 1);
        record.timestamp =
                isLogAppendTime ? logAppendTime : baseTimestamp + Varints.longValue(in, start + 1, timestampEnd);
        long offsetDelta = Varints.read(in, timestampEnd);
        record.offset = baseOffset + Varints.value(offsetDelta);
        long key = Varints.read(in, Varints.next(offsetDelta));
        record.keyIndex = bytesIndex + Varints.next(key);
        record.keySize = Varints.value(key);
        long value = Varints.read(in, RecordWalk.fieldEnd(key, recordEnd));
        record.valueIndex = bytesIndex + Varints.next(value);
        record.valueSize = Varints.value(value);
        long headers = Varints.read(in, RecordWalk.fieldEnd(value, recordEnd));
        int fieldsEnd = RecordWalk.headersEnd(in, headers, recordEnd);
        record.headerCount = Varints.value(headers);
        record.headersIndex = bytesIndex + Varints.next(headers);
        record.headersEnd = bytesIndex + fieldsEnd;
        if (fieldsEnd != recordEnd) {
            throw RecordWalk.wrongLength(recordEnd - start, fieldsEnd - start);
        }
        position = recordEnd;
    }
}
