package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * The zig-zag varints of records: seven bits a byte, low bits first, bit 7 set on all but the last. Reading past the end
 * of a buffer is an {@link IndexOutOfBoundsException}.
 */
final class Varints {

    private Varints() {}

    static int size(int value) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros((value << 1) ^ (value >> 31) | 1);
        return (bits + 6) / 7;
    }

    static int size(long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros((value << 1) ^ (value >> 63) | 1);
        return (bits + 6) / 7;
    }

    static void write(ByteBuf out, int value) {
        int left = (value << 1) ^ (value >> 31);
        while ((left & ~0x7f) != 0) {
            out.writeByte(left | 0x80);
            left >>>= 7;
        }
        out.writeByte(left);
    }

    static void write(ByteBuf out, long value) {
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            out.writeByte((int) left | 0x80);
            left >>>= 7;
        }
        out.writeByte((int) left);
    }

    /** The varint at {@code at}: its {@link #value} and the position of what is {@link #next}, in one long. */
    static long read(ByteBuffer in, int at) {
        int first = in.get(at);
        if (first >= 0) {
            return found(first, at + 1);
        }
        int second = in.get(at + 1);
        int value = first & 0x7f | (second & 0x7f) << 7;
        return second >= 0 ? found(value, at + 2) : readLong(in, at + 2, value);
    }

    private static long readLong(ByteBuffer in, int at, int low) {
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
        return found(value, position);
    }

    private static long found(int zigZag, int next) {
        return (long) ((zigZag >>> 1) ^ -(zigZag & 1)) << 32 | next;
    }

    /** The position behind the varint of up to ten bytes at {@code at}. */
    static int end(ByteBuffer in, int at) {
        int position = at;
        while (in.get(position++) < 0) {
            if (position - at == 10) {
                throw new InvalidRecordException("varlong: longer than 10 bytes (expected: at most 10)");
            }
        }
        return position;
    }

    /** The value of the varint from {@code at} to {@code end}. */
    static long longValue(ByteBuffer in, int at, int end) {
        long value = 0;
        for (int position = end - 1; position >= at; position--) {
            value = value << 7 | in.get(position) & 0x7f;
        }
        return (value >>> 1) ^ -(value & 1);
    }

    static int value(long varint) {
        return (int) (varint >> 32);
    }

    static int next(long varint) {
        return (int) varint;
    }
}
