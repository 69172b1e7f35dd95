package dev.barnabas.protocol.wire;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Records;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads Kafka's primitive types from a buffer, moving its reader index. All numbers are big-endian.
 *
 * <p>The bytes are not trusted: a length is compared with the bytes that are left before it reserves memory, a list is
 * pre-sized for at most {@value #LIST_CAPACITY_MAX} elements, and all lists of one reader together may hold only so many
 * elements. Whatever is wrong becomes a {@link MalformedMessageException}.
 *
 * <p>Where a method takes {@code compact}, lengths are unsigned varints of length + 1 (0 is null) if it is true
 * (KIP-482), otherwise an int16 for strings and an int32 for all else (-1 is null).
 */
public final class WireReader {
    /** Default limit on the elements of all lists and on the unknown tagged fields that one reader reads. */
    public static final int ELEMENTS_MAX = 1_000_000;

    private static final int LIST_CAPACITY_MAX = 1024;
    private static final int STRING_BYTES_MAX = Short.MAX_VALUE;

    private final ByteBuf buffer;
    private final int elementsMax;
    private int elementsLeft;

    /** A reader of {@code buffer}'s readable bytes. */
    public WireReader(ByteBuf buffer) {
        this(buffer, ELEMENTS_MAX);
    }

    /**
     * A reader of {@code buffer}'s readable bytes.
     *
     * @param elementsMax how many elements all lists together may hold
     */
    public WireReader(ByteBuf buffer, int elementsMax) {
        this.buffer = buffer;
        this.elementsMax = elementsMax;
        this.elementsLeft = elementsMax;
    }

    /** How many elements of lists, and tagged fields, have been read. */
    public int elementsRead() {
        return elementsMax - elementsLeft;
    }

    /** Bytes that are left. After a whole message: the garbage behind it. */
    public int remaining() {
        return buffer.readableBytes();
    }

    /** The int16 that lies {@code offset} bytes ahead; reads nothing. */
    public short peekInt16(int offset) {
        require(offset + Short.BYTES);
        return buffer.getShort(buffer.readerIndex() + offset);
    }

    /** One byte: 0 is false, all else is true. */
    public boolean readBoolean() {
        return readInt8() != 0;
    }

    public byte readInt8() {
        require(Byte.BYTES);
        return buffer.readByte();
    }

    public short readInt16() {
        require(Short.BYTES);
        return buffer.readShort();
    }

    public int readUnsignedInt16() {
        require(Short.BYTES);
        return buffer.readUnsignedShort();
    }

    public int readInt32() {
        require(Integer.BYTES);
        return buffer.readInt();
    }

    public long readUnsignedInt32() {
        require(Integer.BYTES);
        return buffer.readUnsignedInt();
    }

    public long readInt64() {
        require(Long.BYTES);
        return buffer.readLong();
    }

    public double readFloat64() {
        require(Double.BYTES);
        return buffer.readDouble();
    }

    public Uuid readUuid() {
        require(2 * Long.BYTES);
        long mostSignificantBits = buffer.readLong();
        long leastSignificantBits = buffer.readLong();
        return mostSignificantBits == 0 && leastSignificantBits == 0
                ? Uuid.ZERO
                : new Uuid(mostSignificantBits, leastSignificantBits);
    }

    /** One to five bytes, seven bits each, lowest first. Values from 2^31 are negative. */
    public int readUnsignedVarint() {
        byte first = readInt8();
        return first >= 0 ? first : readRestOfUnsignedVarint(first & 0x7f);
    }

    private int readRestOfUnsignedVarint(int value) {
        for (int shift = 7; shift < 28; shift += 7) {
            byte next = readInt8();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        byte last = readInt8();
        if ((last & 0xf0) != 0) {
            throw new MalformedMessageException("varint: more than 32 bits (expected: at most 5 bytes)");
        }
        return value | last << 28;
    }

    /** A zigzag-encoded varint of one to five bytes. */
    public int readVarint() {
        int value = readUnsignedVarint();
        return value >>> 1 ^ -(value & 1);
    }

    /** A zigzag-encoded varint of one to ten bytes. */
    public long readVarlong() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = readInt8();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (shift == 63 && next > 1) {
                    break;
                }
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw new MalformedMessageException("varlong: more than 64 bits (expected: at most 10 bytes)");
    }

    /** UTF-8, at most 32767 bytes. */
    public String readString(boolean compact) {
        return string(notNull(stringLength(compact), "string"));
    }

    /** UTF-8, at most 32767 bytes, or null. */
    public @Nullable String readNullableString(boolean compact) {
        int length = stringLength(compact);
        return length < 0 ? null : string(length);
    }

    private int stringLength(boolean compact) {
        int length = compact ? readUnsignedVarint() - 1 : readInt16();
        if (length < -1 || length > STRING_BYTES_MAX) {
            throw new MalformedMessageException("string bytes: " + length + " (expected: 0-" + STRING_BYTES_MAX + ")");
        }
        return length;
    }

    private String string(int length) {
        if (length == 0) {
            return "";
        }
        require(length);
        String value = buffer.toString(buffer.readerIndex(), length, StandardCharsets.UTF_8);
        buffer.skipBytes(length);
        return value;
    }

    /** A copy of the bytes. */
    public byte[] readBytes(boolean compact) {
        return bytes(notNull(length(compact, "bytes"), "bytes"));
    }

    /** A copy of the bytes, or null. */
    public byte @Nullable [] readNullableBytes(boolean compact) {
        int length = length(compact, "bytes");
        return length < 0 ? null : bytes(length);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        buffer.readBytes(bytes);
        return bytes;
    }

    /** A slice of the buffer, not a copy and not retained: valid as long as the buffer is. */
    public Records readRecords(boolean compact) {
        return new ByteBufRecords(buffer.readSlice(notNull(length(compact, "records"), "records")));
    }

    /** As {@link #readRecords}, or null. */
    public @Nullable Records readNullableRecords(boolean compact) {
        int length = length(compact, "records");
        return length < 0 ? null : new ByteBufRecords(buffer.readSlice(length));
    }

    /** Whether a nullable struct follows: an int8, negative for null (KIP-893). */
    public boolean readPresence() {
        return readInt8() >= 0;
    }

    /** The number of elements that follow. */
    public int readArrayLength(boolean compact) {
        return notNull(readNullableArrayLength(compact), "array");
    }

    /** The number of elements that follow, -1 for null. Every element takes a byte at least. */
    public int readNullableArrayLength(boolean compact) {
        int length = length(compact, "array");
        elementsLeft -= Math.max(length, 0);
        if (elementsLeft < 0) {
            throw new TooManyElementsException(
                    "array: " + length + " more elements (expected: at most " + (elementsLeft + length) + ")",
                    elementsRead());
        }
        return length;
    }

    /** The capacity to create a list of {@code size} elements with, before any of them has been read. */
    public int listCapacity(int size) {
        return Math.min(size, LIST_CAPACITY_MAX);
    }

    /** {@code size} elements, or null if {@code size} is negative; likewise the methods below. */
    public List<Byte> readInt8List(int size) {
        return readList(size, WireReader::readInt8);
    }

    public List<Short> readInt16List(int size) {
        return readList(size, WireReader::readInt16);
    }

    public List<Integer> readInt32List(int size) {
        return readList(size, WireReader::readInt32);
    }

    public List<Long> readInt64List(int size) {
        return readList(size, WireReader::readInt64);
    }

    public List<Uuid> readUuidList(int size) {
        return readList(size, WireReader::readUuid);
    }

    public List<String> readStringList(int size, boolean compact) {
        return compact ? readList(size, in -> in.readString(true)) : readList(size, in -> in.readString(false));
    }

    @SuppressWarnings("NullAway") // the caller asked for null by its negative size
    private <T> List<T> readList(int size, Function<WireReader, T> element) {
        if (size < 0) {
            return null;
        }
        List<T> list = new ArrayList<>(listCapacity(size));
        for (int i = 0; i < size; i++) {
            list.add(element.apply(this));
        }
        return list;
    }

    /** The tagged fields of a struct whose schema names none, or null if there are none. */
    public @Nullable List<UnknownTaggedField> readUnknownTaggedFields() {
        int count = readUnsignedVarint();
        if (count == 0) {
            return null;
        }
        List<UnknownTaggedField> fields = new ArrayList<>(1);
        for (int left = count; left != 0; left--) {
            int tag = readUnsignedVarint();
            fields.add(new UnknownTaggedField(tag, readRemainder(readTaggedFieldEnd())));
        }
        return fields;
    }

    /** Reads a tagged field's size; the buffer index at which the field ends. */
    public int readTaggedFieldEnd() {
        int size = readUnsignedVarint();
        if (size < 0 || size > remaining()) {
            throw new MalformedMessageException("tagged field bytes: " + size + " (expected: 0-" + remaining() + ")");
        }
        if (--elementsLeft < 0) {
            throw new TooManyElementsException(
                    "tagged fields: too many (expected: at most " + elementsMax + ")", elementsMax + 1);
        }
        return buffer.readerIndex() + size;
    }

    /** A copy of the bytes up to buffer index {@code end}. */
    public byte[] readRemainder(int end) {
        return bytes(end - buffer.readerIndex());
    }

    /** @throws MalformedMessageException if the field just read did not end at buffer index {@code end} */
    public void checkTaggedFieldEnd(int end) {
        if (buffer.readerIndex() != end) {
            throw new MalformedMessageException(
                    "tagged field: " + (end - buffer.readerIndex()) + " bytes left (expected: 0)");
        }
    }

    private int length(boolean compact, String name) {
        int length = compact ? readUnsignedVarint() - 1 : readInt32();
        if (length < -1 || length > buffer.readableBytes()) {
            throw new MalformedMessageException(
                    name + " length: " + length + " (expected: at most " + remaining() + ")");
        }
        return length;
    }

    private static int notNull(int length, String name) {
        if (length < 0) {
            throw new MalformedMessageException(name + ": null (expected: a value)");
        }
        return length;
    }

    private void require(int bytes) {
        if (buffer.readableBytes() < bytes) {
            throw new MalformedMessageException("bytes left: " + remaining() + " (expected: at least " + bytes + ")");
        }
    }
}
