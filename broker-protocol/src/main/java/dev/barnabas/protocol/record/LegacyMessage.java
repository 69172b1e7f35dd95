package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The layout of message formats 0 (up to Apache Kafka 0.9) and 1 (0.10, KIP-32), where every record is a message of its
 * own:
 *
 * <pre>
 *  0  offset      i64
 *  8  length      i32   bytes after this field
 * 12  crc         u32   CRC-32 of everything from byte 16 on
 * 16  magic       i8    0 or 1
 * 17  attributes  i8    0-2 compression, 3 LogAppendTime (format 1)
 * 18  timestamp   i64   format 1 only
 *     key         i32 length, -1 for null; bytes
 *     value       i32 length, -1 for null; bytes
 * </pre>
 *
 * <p>A compressed batch is a wrapper: a message whose value is the compressed form of messages back to back, whose offset
 * is that of the last of them and whose timestamp is the largest of theirs. The inner messages' offsets are absolute in
 * format 0 and relative to the first in format 1 (KIP-31). A wrapper of type LogAppendTime gives its timestamp to all.
 */
final class LegacyMessage {

    static final int CRC_OFFSET = 12;
    static final int ATTRIBUTES_OFFSET = 17;
    static final int TIMESTAMP_OFFSET = 18;
    private static final int KEY_OFFSET_V0 = 18;
    private static final int KEY_OFFSET_V1 = 26;

    private LegacyMessage() {}

    /** Where the key's length lies. */
    static int keyOffset(byte magic) {
        return magic == RecordBatch.MAGIC_V0 ? KEY_OFFSET_V0 : KEY_OFFSET_V1;
    }

    /** Bytes of a message without key and value. */
    static int overheadBytes(byte magic) {
        return keyOffset(magic) + 2 * Integer.BYTES;
    }

    /** Whether the message at {@code index}, which lies whole within {@code buffer}, has the checksum it says. */
    static boolean isChecksumValid(ByteBuf buffer, int index) {
        int size = RecordBatch.sizeInBytes(buffer, index);
        return buffer.getInt(index + CRC_OFFSET) == computeChecksum(buffer, index, size);
    }

    /** Appends a message that is no wrapper. */
    static void write(
            ByteBuf out,
            byte magic,
            long offset,
            TimestampType timestampType,
            long timestamp,
            @Nullable ByteBuf key,
            @Nullable ByteBuf value) {
        int index = writeHead(out, magic, offset, attributes(Compression.NONE, timestampType), timestamp);
        writeField(out, key);
        writeField(out, value);
        finish(out, index);
    }

    /** Appends a wrapper of the messages that {@code messages}' readable bytes are. */
    static void writeWrapper(
            ByteBuf out,
            byte magic,
            long offset,
            TimestampType timestampType,
            long timestamp,
            Compression compression,
            ByteBuf messages) {
        int index = writeHead(out, magic, offset, attributes(compression, timestampType), timestamp);
        writeField(out, null);
        int valueIndex = out.writerIndex();
        out.writeInt(0);
        compression.compress(messages, out, compression.levelDefault(), magic);
        out.setInt(valueIndex, out.writerIndex() - valueIndex - Integer.BYTES);
        finish(out, index);
    }

    private static int attributes(Compression compression, TimestampType timestampType) {
        return compression.id()
                | (timestampType == TimestampType.LOG_APPEND_TIME ? RecordBatch.LOG_APPEND_TIME_BIT : 0);
    }

    private static int writeHead(ByteBuf out, byte magic, long offset, int attributes, long timestamp) {
        int index = out.writerIndex();
        out.writeLong(offset).writeInt(0).writeInt(0).writeByte(magic);
        if (magic == RecordBatch.MAGIC_V0) {
            out.writeByte(attributes & RecordBatch.COMPRESSION_MASK);
        } else {
            out.writeByte(attributes).writeLong(timestamp);
        }
        return index;
    }

    private static void writeField(ByteBuf out, @Nullable ByteBuf field) {
        if (field == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(field.readableBytes()).writeBytes(field, field.readerIndex(), field.readableBytes());
        }
    }

    private static void finish(ByteBuf out, int index) {
        int size = out.writerIndex() - index;
        out.setInt(index + RecordBatch.LENGTH_OFFSET, size - RecordBatch.LOG_OVERHEAD_BYTES);
        out.setInt(index + CRC_OFFSET, computeChecksum(out, index, size));
    }

    private static int computeChecksum(ByteBuf buffer, int index, int size) {
        var crc = new CRC32();
        crc.update(buffer.nioBuffer(index + RecordBatch.MAGIC_OFFSET, size - RecordBatch.MAGIC_OFFSET));
        return (int) crc.getValue();
    }
}
