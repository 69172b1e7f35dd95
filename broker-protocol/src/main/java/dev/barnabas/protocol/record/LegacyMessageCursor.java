package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Steps through the records of one message of formats 0 and 1 ({@link LegacyMessage}): itself, or, if it is a wrapper,
 * the messages it wraps, with their absolute offsets. Reusable; one thread at a time.
 */
final class LegacyMessageCursor implements AutoCloseable {

    private final ByteBufAllocator allocator;
    private final long decompressedBytesMax;
    private final Record record = new Record();

    /** The messages of a wrapper; owned. */
    private @Nullable ByteBuf decompressed;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int position;
    private int end;
    private boolean isWrapped;
    private byte magic;
    private TimestampType timestampType = TimestampType.CREATE_TIME;
    private long wrapperTimestamp;
    private long baseOffset;

    LegacyMessageCursor(ByteBufAllocator allocator, long decompressedBytesMax) {
        this.allocator = allocator;
        this.decompressedBytesMax = Math.min(decompressedBytesMax, RecordCursor.DECOMPRESSED_BYTES_MAX);
    }

    /**
     * Moves to before the first record of the message at {@code index}, which lies whole within {@code outer} and whose
     * checksum is right.
     *
     * @throws InvalidRecordException if it is a wrapper of something else than messages
     */
    void reset(ByteBuf outer, int index) {
        releaseCopy();
        magic = RecordBatch.magic(outer, index);
        int attributes = outer.getByte(index + LegacyMessage.ATTRIBUTES_OFFSET);
        timestampType = magic == RecordBatch.MAGIC_V1 && (attributes & RecordBatch.LOG_APPEND_TIME_BIT) != 0
                ? TimestampType.LOG_APPEND_TIME
                : TimestampType.CREATE_TIME;
        var compression = Compression.forId(attributes & RecordBatch.COMPRESSION_MASK);
        isWrapped = compression != Compression.NONE;
        baseOffset = 0;
        if (isWrapped) {
            unwrap(outer, index, compression);
        } else {
            buffer = outer;
            position = index;
            end = index + RecordBatch.sizeInBytes(outer, index);
        }
    }

    byte magic() {
        return magic;
    }

    TimestampType timestampType() {
        return timestampType;
    }

    boolean isWrapped() {
        return isWrapped;
    }

    /**
     * Steps to the next record; {@code false} if there is none.
     *
     * @throws CorruptBatchException if the checksum of a wrapped message is wrong
     * @throws InvalidRecordException if the message is not what it says it is
     */
    boolean next() {
        if (end - position < RecordBatch.LOG_OVERHEAD_BYTES) {
            return false;
        }
        int index = position;
        int size = RecordBatch.sizeInBytes(buffer, index);
        if (isWrapped && size > end - index) {
            return false;
        }
        position = index + size;
        if (isWrapped) {
            checkWrapped(index);
        }
        read(buffer, index, position);
        return true;
    }

    Record record() {
        return record;
    }

    @Override
    public void close() {
        releaseCopy();
        buffer = Unpooled.EMPTY_BUFFER;
        record.buffer = buffer;
        position = 0;
        end = 0;
    }

    private void unwrap(ByteBuf outer, int index, Compression compression) {
        if (compression == Compression.ZSTD) {
            throw new InvalidRecordException(
                    "wrapper compression: zstd (expected: gzip, snappy or lz4 before magic 2)");
        }
        isWrapped = false;
        read(outer, index, index + RecordBatch.sizeInBytes(outer, index));
        isWrapped = true;
        if (!record.hasValue()) {
            throw new InvalidRecordException("wrapper value: null (expected: compressed messages)");
        }
        wrapperTimestamp = record.timestamp;
        var copy = allocator.buffer(2 * Math.min(record.valueSize, RecordCursor.INITIAL_BYTES_MAX / 2));
        decompressed = copy;
        var decompressor = compression.newDecompressor(magic);
        try {
            decompressor.open(outer, record.valueIndex, record.valueSize, decompressedBytesMax);
            decompressor.readRemaining(copy);
        } finally {
            decompressor.close();
        }
        buffer = copy;
        position = 0;
        end = copy.writerIndex();
        baseOffset = baseOffset(record.offset, lastInnerOffset());
    }

    /** The offset of the last whole message inside; checks the sizes of all. */
    private long lastInnerOffset() {
        long last = 0;
        int count = 0;
        for (int at = 0; end - at >= RecordBatch.LOG_OVERHEAD_BYTES; ) {
            int size = RecordBatch.sizeInBytes(buffer, at);
            if (size < LegacyMessage.overheadBytes(RecordBatch.MAGIC_V0)) {
                throw new CorruptBatchException("wrapped message size: " + size + " (expected: at least "
                        + LegacyMessage.overheadBytes(RecordBatch.MAGIC_V0) + ")");
            }
            if (size > end - at) {
                break;
            }
            last = RecordBatch.baseOffset(buffer, at);
            at += size;
            count++;
        }
        if (count == 0) {
            throw new InvalidRecordException("wrapper: no messages inside (expected: at least 1)");
        }
        return last;
    }

    /** What the inner offsets add to. Some librdkafka versions give the wrapper the offset 0 when they produce. */
    private long baseOffset(long wrapperOffset, long lastInnerOffset) {
        if (magic == RecordBatch.MAGIC_V0 || wrapperOffset == 0) {
            return 0;
        }
        if (wrapperOffset < lastInnerOffset) {
            throw new InvalidRecordException("wrapper offset: " + wrapperOffset
                    + " (expected: at least the last inner one, " + lastInnerOffset + ", or 0)");
        }
        return wrapperOffset - lastInnerOffset;
    }

    private void checkWrapped(int index) {
        byte innerMagic = RecordBatch.magic(buffer, index);
        if (innerMagic != magic) {
            throw new InvalidRecordException("wrapped message magic: " + innerMagic + " (expected: " + magic + ")");
        }
        if ((buffer.getByte(index + LegacyMessage.ATTRIBUTES_OFFSET) & RecordBatch.COMPRESSION_MASK) != 0) {
            throw new InvalidRecordException("wrapped message: compressed (expected: not compressed)");
        }
        if (!LegacyMessage.isChecksumValid(buffer, index)) {
            throw new CorruptBatchException("wrapped message checksum: wrong (expected: the CRC-32 of its bytes)");
        }
    }

    private void read(ByteBuf in, int index, int messageEnd) {
        if (messageEnd - index < LegacyMessage.overheadBytes(magic)) {
            throw new InvalidRecordException("message size: " + (messageEnd - index) + " (expected: at least "
                    + LegacyMessage.overheadBytes(magic) + ")");
        }
        record.buffer = in;
        record.offset = baseOffset + RecordBatch.baseOffset(in, index);
        record.timestamp = timestamp(in, index);
        record.baseSequence = RecordBatch.NO_SEQUENCE;
        record.keyIndex = index + LegacyMessage.keyOffset(magic) + Integer.BYTES;
        record.keySize = fieldSize(in, record.keyIndex, messageEnd);
        record.valueIndex = record.keyIndex + Math.max(record.keySize, 0) + Integer.BYTES;
        record.valueSize = fieldSize(in, record.valueIndex, messageEnd);
        record.headerCount = 0;
        record.headersIndex = index;
        record.headersEnd = index;
    }

    private long timestamp(ByteBuf in, int index) {
        if (magic == RecordBatch.MAGIC_V0) {
            return RecordBatch.NO_TIMESTAMP;
        }
        return isWrapped && timestampType == TimestampType.LOG_APPEND_TIME
                ? wrapperTimestamp
                : in.getLong(index + LegacyMessage.TIMESTAMP_OFFSET);
    }

    private static int fieldSize(ByteBuf in, int fieldIndex, int messageEnd) {
        int size = fieldIndex > messageEnd ? Integer.MAX_VALUE : in.getInt(fieldIndex - Integer.BYTES);
        if (size > messageEnd - fieldIndex) {
            throw new InvalidRecordException(
                    "message field length: " + size + " (expected: at most " + (messageEnd - fieldIndex) + ")");
        }
        return Math.max(size, -1);
    }

    private void releaseCopy() {
        if (decompressed != null) {
            decompressed.release();
            decompressed = null;
        }
    }
}
