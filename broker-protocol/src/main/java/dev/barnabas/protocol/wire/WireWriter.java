package dev.barnabas.protocol.wire;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.Records;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes Kafka's primitive types one after the other, the mirror image of {@link WireReader}, into an array that grows with
 * them: a message is written in many small steps, and an array takes each with fewer checks than a buffer does. A subclass
 * may keep record payloads out by overriding {@link #writeRecords(Records)}. One thread at a time.
 */
public class WireWriter {
    private static final int STRING_BYTES_MAX = Short.MAX_VALUE;
    private static final int BYTES_AT_FIRST = 256;

    private byte[] bytes = new byte[BYTES_AT_FIRST];
    private int size;

    /** How many bytes have been written. */
    public final int size() {
        return size;
    }

    /** How many bytes can be written before the array has to grow. */
    public final int capacity() {
        return bytes.length;
    }

    /** Takes back what was written after the first {@code newSize} bytes. */
    public final void truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IllegalArgumentException("bytes kept: " + newSize + " (expected: 0-" + size + ")");
        }
        size = newSize;
    }

    /** Replaces the four bytes from {@code index} on, which have been written. */
    public final void setInt32(int index, int value) {
        if (index < 0 || index > size - Integer.BYTES) {
            throw new IllegalArgumentException("index: " + index + " (expected: 0-" + (size - Integer.BYTES) + ")");
        }
        putInt(index, value);
    }

    /** Appends all bytes to {@code out}. */
    public final void writeTo(ByteBuf out) {
        out.writeBytes(bytes, 0, size);
    }

    /** A copy of all bytes. */
    public final byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Makes room for {@code count} more bytes and returns the place of the first. */
    private int claim(int count) {
        int at = size;
        if (count > bytes.length - at) {
            grow(Math.addExact(at, count));
        }
        size = at + count;
        return at;
    }

    private void grow(int wanted) {
        long doubled = Math.min(2L * bytes.length, Integer.MAX_VALUE - Long.BYTES);
        bytes = Arrays.copyOf(bytes, (int) Math.max(wanted, doubled));
    }

    private void putByte(int value) {
        int at = claim(1);
        bytes[at] = (byte) value;
    }

    private void putShort(int value) {
        int at = claim(Short.BYTES);
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    private void putInt(int value) {
        putInt(claim(Integer.BYTES), value);
    }

    private void putInt(int at, int value) {
        byte[] into = bytes;
        into[at] = (byte) (value >>> 24);
        into[at + 1] = (byte) (value >>> 16);
        into[at + 2] = (byte) (value >>> 8);
        into[at + 3] = (byte) value;
    }

    private void putLong(long value) {
        int at = claim(Long.BYTES);
        putInt(at, (int) (value >>> 32));
        putInt(at + Integer.BYTES, (int) value);
    }

    private void putBytes(byte[] value) {
        int at = claim(value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
    }

    public final void writeBoolean(boolean value) {
        putByte(value ? 1 : 0);
    }

    public final void writeInt8(byte value) {
        putByte(value);
    }

    public final void writeInt16(short value) {
        putShort(value);
    }

    /** @throws IllegalArgumentException unless 0 <= {@code value} <= 65535 */
    public final void writeUnsignedInt16(int value) {
        if (value >>> 16 != 0) {
            throw new IllegalArgumentException("uint16: " + value + " (expected: 0-65535)");
        }
        putShort(value);
    }

    public final void writeInt32(int value) {
        putInt(value);
    }

    /** @throws IllegalArgumentException unless 0 <= {@code value} < 2^32 */
    public final void writeUnsignedInt32(long value) {
        if (value >>> 32 != 0) {
            throw new IllegalArgumentException("uint32: " + value + " (expected: 0-4294967295)");
        }
        putInt((int) value);
    }

    public final void writeInt64(long value) {
        putLong(value);
    }

    public final void writeFloat64(double value) {
        putLong(Double.doubleToRawLongBits(value));
    }

    public final void writeUuid(Uuid value) {
        putLong(value.mostSignificantBits());
        putLong(value.leastSignificantBits());
    }

    /** Seven bits a byte, lowest first; negative values as those from 2^31. */
    public final void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            putByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        putByte(rest);
    }

    /** Zigzag-encoded: small negative numbers are short, too. */
    public final void writeVarint(int value) {
        writeUnsignedVarint(value << 1 ^ value >> 31);
    }

    /** Zigzag-encoded: small negative numbers are short, too. */
    public final void writeVarlong(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            putByte((int) rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        putByte((int) rest);
    }

    /** @throws IllegalArgumentException if {@code value} takes more than 32767 bytes */
    public final void writeString(String value, boolean compact) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int length = utf8.length;
        if (length > STRING_BYTES_MAX) {
            throw new IllegalArgumentException("string bytes: " + length + " (expected: 0-" + STRING_BYTES_MAX + ")");
        }
        if (compact) {
            writeUnsignedVarint(length + 1);
        } else {
            putShort(length);
        }
        putBytes(utf8);
    }

    public final void writeNullableString(@Nullable String value, boolean compact) {
        if (value != null) {
            writeString(value, compact);
        } else if (compact) {
            putByte(0);
        } else {
            putShort(-1);
        }
    }

    public final void writeBytes(byte[] value, boolean compact) {
        writeLength(value.length, compact);
        putBytes(value);
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
     * Writes the bytes of {@code records}, {@link Records#sizeInBytes} of them. An override may remember the records and
     * {@link #size} instead, and put both together when the message is sent: what has been written does not move any more.
     */
    protected void writeRecords(Records records) {
        int length = records.sizeInBytes();
        int at = claim(length);
        records.writeTo(Unpooled.wrappedBuffer(bytes, at, length).clear());
    }

    /** Announces a nullable struct: 1, or -1 for null (KIP-893). Returns whether there is one. */
    public final boolean writePresence(@Nullable Object struct) {
        putByte(struct == null ? -1 : 1);
        return struct != null;
    }

    public final void writeArrayLength(int length, boolean compact) {
        writeLength(length, compact);
    }

    public final void writeNullArray(boolean compact) {
        if (compact) {
            putByte(0);
        } else {
            putInt(-1);
        }
    }

    public final void writeInt8List(List<Byte> values, boolean compact) {
        writeLength(values.size(), compact);
        for (byte value : values) {
            putByte(value);
        }
    }

    public final void writeInt16List(List<Short> values, boolean compact) {
        writeLength(values.size(), compact);
        for (short value : values) {
            putShort(value);
        }
    }

    public final void writeInt32List(List<Integer> values, boolean compact) {
        writeLength(values.size(), compact);
        for (int i = 0, size = values.size(); i < size; i++) {
            putInt(values.get(i));
        }
    }

    public final void writeInt64List(List<Long> values, boolean compact) {
        writeLength(values.size(), compact);
        for (long value : values) {
            putLong(value);
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
            putByte(0);
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
                putBytes(field.data());
            }
        }
    }

    /** Writes {@code tag} and leaves a byte for the size; returns what {@link #endTaggedField} wants. */
    public final int beginTaggedField(int tag) {
        writeUnsignedVarint(tag);
        putByte(0);
        return size;
    }

    /** Fills in the size of the tagged field that began at {@code start}, moving its bytes if one byte is too few. */
    public final void endTaggedField(int start) {
        int length = size - start;
        if (length < 0x80) {
            bytes[start - 1] = (byte) length;
            return;
        }
        byte[] content = Arrays.copyOfRange(bytes, start, size);
        size = start - 1;
        writeUnsignedVarint(length);
        putBytes(content);
    }

    private void writeLength(int length, boolean compact) {
        if (compact) {
            writeUnsignedVarint(length + 1);
        } else {
            putInt(length);
        }
    }
}
