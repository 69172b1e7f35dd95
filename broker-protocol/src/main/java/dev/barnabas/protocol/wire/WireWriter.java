package dev.barnabas.protocol.wire;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.Records;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends Kafka's primitive types to a buffer, the mirror image of {@link WireReader}. A subclass may keep record payloads
 * out of the buffer by overriding {@link #writeRecords(Records)}.
 */
public class WireWriter {
    private static final int STRING_BYTES_MAX = Short.MAX_VALUE;

    /** Where the bytes go. */
    protected final ByteBuf buffer;

    /** A writer that appends to {@code buffer}. */
    public WireWriter(ByteBuf buffer) {
        this.buffer = buffer;
    }

    public final void writeBoolean(boolean value) {
        buffer.writeByte(value ? 1 : 0);
    }

    public final void writeInt8(byte value) {
        buffer.writeByte(value);
    }

    public final void writeInt16(short value) {
        buffer.writeShort(value);
    }

    /** @throws IllegalArgumentException unless 0 <= {@code value} <= 65535 */
    public final void writeUnsignedInt16(int value) {
        if (value >>> 16 != 0) {
            throw new IllegalArgumentException("uint16: " + value + " (expected: 0-65535)");
        }
        buffer.writeShort(value);
    }

    public final void writeInt32(int value) {
        buffer.writeInt(value);
    }

    /** @throws IllegalArgumentException unless 0 <= {@code value} < 2^32 */
    public final void writeUnsignedInt32(long value) {
        if (value >>> 32 != 0) {
            throw new IllegalArgumentException("uint32: " + value + " (expected: 0-4294967295)");
        }
        buffer.writeInt((int) value);
    }

    public final void writeInt64(long value) {
        buffer.writeLong(value);
    }

    public final void writeFloat64(double value) {
        buffer.writeDouble(value);
    }

    public final void writeUuid(Uuid value) {
        buffer.writeLong(value.mostSignificantBits());
        buffer.writeLong(value.leastSignificantBits());
    }

    /** Seven bits a byte, lowest first; negative values as those from 2^31. */
    public final void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            buffer.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        buffer.writeByte(rest);
    }

    /** Zigzag-encoded: small negative numbers are short, too. */
    public final void writeVarint(int value) {
        writeUnsignedVarint(value << 1 ^ value >> 31);
    }

    /** Zigzag-encoded: small negative numbers are short, too. */
    public final void writeVarlong(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            buffer.writeByte((int) rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        buffer.writeByte((int) rest);
    }

    /** @throws IllegalArgumentException if {@code value} takes more than 32767 bytes */
    public final void writeString(String value, boolean compact) {
        int length = ByteBufUtil.utf8Bytes(value);
        if (length > STRING_BYTES_MAX) {
            throw new IllegalArgumentException("string bytes: " + length + " (expected: 0-" + STRING_BYTES_MAX + ")");
        }
        if (compact) {
            writeUnsignedVarint(length + 1);
        } else {
            buffer.writeShort(length);
        }
        ByteBufUtil.reserveAndWriteUtf8(buffer, value, length);
    }

    public final void writeNullableString(@Nullable String value, boolean compact) {
        if (value != null) {
            writeString(value, compact);
        } else if (compact) {
            buffer.writeByte(0);
        } else {
            buffer.writeShort(-1);
        }
    }

    public final void writeBytes(byte[] value, boolean compact) {
        writeLength(value.length, compact);
        buffer.writeBytes(value);
    }

    public final void writeNullableBytes(byte @Nullable [] value, boolean compact) {
        if (value == null) {
            writeNullArray(compact);
        } else {
            writeBytes(value, compact);
        }
    }

    /** The length, then the bytes by way of {@link #writeRecords(Records)}. */
    public final void writeRecords(Records value, boolean compact) {
        writeLength(value.sizeInBytes(), compact);
        writeRecords(value);
    }

    /** As {@link #writeRecords(Records, boolean)}, or null. */
    public final void writeNullableRecords(@Nullable Records value, boolean compact) {
        if (value == null) {
            writeNullArray(compact);
        } else {
            writeRecords(value, compact);
        }
    }

    /**
     * Appends the bytes of {@code records}, {@link Records#sizeInBytes} of them. An override may remember the records and
     * the buffer's writer index instead, and put both together when the message is sent: bytes before the writer index do
     * not move any more.
     */
    protected void writeRecords(Records records) {
        records.writeTo(buffer);
    }

    /** Announces a nullable struct: 1, or -1 for null (KIP-893). Returns whether there is one. */
    public final boolean writePresence(@Nullable Object struct) {
        buffer.writeByte(struct == null ? -1 : 1);
        return struct != null;
    }

    public final void writeArrayLength(int length, boolean compact) {
        writeLength(length, compact);
    }

    public final void writeNullArray(boolean compact) {
        if (compact) {
            buffer.writeByte(0);
        } else {
            buffer.writeInt(-1);
        }
    }

    public final void writeInt8List(List<Byte> values, boolean compact) {
        writeLength(values.size(), compact);
        for (byte value : values) {
            buffer.writeByte(value);
        }
    }

    public final void writeInt16List(List<Short> values, boolean compact) {
        writeLength(values.size(), compact);
        for (short value : values) {
            buffer.writeShort(value);
        }
    }

    public final void writeInt32List(List<Integer> values, boolean compact) {
        writeLength(values.size(), compact);
        for (int i = 0, size = values.size(); i < size; i++) {
            buffer.writeInt(values.get(i));
        }
    }

    public final void writeInt64List(List<Long> values, boolean compact) {
        writeLength(values.size(), compact);
        for (long value : values) {
            buffer.writeLong(value);
        }
    }

    public final void writeUuidList(List<Uuid> values, boolean compact) {
        writeLength(values.size(), compact);
        for (Uuid value : values) {
            writeUuid(value);
        }
    }

    public final void writeStringList(List<String> values, boolean compact) {
        writeLength(values.size(), compact);
        for (String value : values) {
            writeString(value, compact);
        }
    }

    public final void writeNullableInt8List(@Nullable List<Byte> values, boolean compact) {
        if (values == null) {
            writeNullArray(compact);
        } else {
            writeInt8List(values, compact);
        }
    }

    public final void writeNullableInt32List(@Nullable List<Integer> values, boolean compact) {
        if (values == null) {
            writeNullArray(compact);
        } else {
            writeInt32List(values, compact);
        }
    }

    public final void writeNullableUuidList(@Nullable List<Uuid> values, boolean compact) {
        if (values == null) {
            writeNullArray(compact);
        } else {
            writeUuidList(values, compact);
        }
    }

    public final void writeNullableStringList(@Nullable List<String> values, boolean compact) {
        if (values == null) {
            writeNullArray(compact);
        } else {
            writeStringList(values, compact);
        }
    }

    /** The number of tagged fields and the fields themselves, of a struct whose schema names none. */
    public final void writeUnknownTaggedFields(@Nullable List<UnknownTaggedField> fields) {
        if (fields == null) {
            buffer.writeByte(0);
            return;
        }
        writeUnsignedVarint(fields.size());
        writeUnknownTaggedFields(fields, 0, Integer.MAX_VALUE);
    }

    /** Those of {@code fields} whose tag is at least {@code from} and below {@code to}, without their number. */
    public final void writeUnknownTaggedFields(@Nullable List<UnknownTaggedField> fields, int from, int to) {
        if (fields == null) {
            return;
        }
        for (UnknownTaggedField field : fields) {
            if (field.tag() >= from && field.tag() < to) {
                writeUnsignedVarint(field.tag());
                writeUnsignedVarint(field.data().length);
                buffer.writeBytes(field.data());
            }
        }
    }

    /** Writes {@code tag} and leaves a byte for the size; returns what {@link #endTaggedField} wants. */
    public final int beginTaggedField(int tag) {
        writeUnsignedVarint(tag);
        buffer.writeByte(0);
        return buffer.writerIndex();
    }

    /** Fills in the size of the tagged field that began at {@code start}, moving its bytes if one byte is too few. */
    public final void endTaggedField(int start) {
        int size = buffer.writerIndex() - start;
        if (size < 0x80) {
            buffer.setByte(start - 1, size);
            return;
        }
        ByteBuf content = buffer.copy(start, size);
        try {
            buffer.writerIndex(start - 1);
            writeUnsignedVarint(size);
            buffer.writeBytes(content);
        } finally {
            content.release();
        }
    }

    private void writeLength(int length, boolean compact) {
        if (compact) {
            writeUnsignedVarint(length + 1);
        } else {
            buffer.writeInt(length);
        }
    }
}
