package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;

/** The zig-zag varints of records: seven bits a byte, low bits first, bit 7 set on all but the last. */
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
}
