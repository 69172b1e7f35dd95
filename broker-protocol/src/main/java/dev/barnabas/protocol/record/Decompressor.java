package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the decompressed form of some bytes through a window: a piece at a time, so that it takes little memory however
 * much comes out, and no more than a limit may come out. Reused from batch to batch, {@link #open} to {@link #close};
 * one thread at a time.
 *
 * <p>The reading methods answer the end of the bytes in the middle of something with {@link InvalidRecordException}.
 */
abstract class Decompressor {

    /** A window larger than this is given back after each batch. */
    private static final int WINDOW_BYTES_KEPT = 1 << 18;

    private static final byte[] NO_BYTES = new byte[0];

    /** Decompressed bytes: those from {@link #position} to {@link #limit} are still to be read. */
    private byte[] window = NO_BYTES;

    private int position;
    private int limit;
    private long bytesBeforeWindow;
    private long bytesMax;
    private boolean finished;

    /** Starts with {@code length} bytes at absolute position {@code index} of {@code in}. */
    final void open(ByteBuf in, int index, int length, long bytesMax) {
        this.position = 0;
        this.limit = 0;
        this.bytesBeforeWindow = 0;
        this.bytesMax = bytesMax;
        this.finished = false;
        try {
            start(in.nioBuffer(index, length));
        } catch (IOException e) {
            throw DecompressionException.broken(reason(e));
        }
    }

    /** Frees what the codec holds beyond this object; idempotent. */
    final void close() {
        stop();
        if (window.length > WINDOW_BYTES_KEPT) {
            window = NO_BYTES;
        }
    }

    /** Begins with the bytes between position and limit of {@code in}. */
    abstract void start(ByteBuffer in) throws IOException;

    /** Puts the next bytes at the window's beginning and returns their number, at least 1; -1 if there are none. */
    abstract int inflate() throws IOException;

    abstract void stop();

    /** The window, made at least {@code size} bytes large; its contents are lost. */
    final byte[] window(int size) {
        if (window.length < size) {
            window = new byte[size];
        }
        return window;
    }

    /** Bytes that may still come out before the limit is reached. */
    final long bytesAllowed() {
        return bytesMax - bytesBeforeWindow - limit;
    }

    /** Bytes read so far. */
    final long bytesRead() {
        return bytesBeforeWindow + position;
    }

    /** Whether nothing is left to read. */
    final boolean isAtEnd() {
        return position == limit && !refill();
    }

    final byte readByte() {
        if (position == limit && !refill()) {
            throw new InvalidRecordException("records: end amid a record (expected: as many as the batch counts)");
        }
        return window[position++];
    }

    final int readVarint() {
        int b = readByte();
        int value = b & 0x7f;
        for (int shift = 7; b < 0; shift += 7) {
            if (shift > 28) {
                throw new InvalidRecordException("varint: longer than 5 bytes (expected: at most 5)");
            }
            b = readByte();
            value |= (b & 0x7f) << shift;
        }
        return (value >>> 1) ^ -(value & 1);
    }

    final long readVarlong() {
        int b = readByte();
        long value = b & 0x7f;
        for (int shift = 7; b < 0; shift += 7) {
            if (shift > 63) {
                throw new InvalidRecordException("varlong: longer than 10 bytes (expected: at most 10)");
            }
            b = readByte();
            value |= (long) (b & 0x7f) << shift;
        }
        return (value >>> 1) ^ -(value & 1);
    }

    /** Steps over {@code count} bytes; over none if it is negative, which is how null is written. */
    final void skip(int count) {
        int left = count;
        while (left > limit - position) {
            left -= limit - position;
            position = limit;
            if (!refill()) {
                throw new InvalidRecordException("records: end amid a field (expected: " + left + " more bytes)");
            }
        }
        if (left > 0) {
            position += left;
        }
    }

    /** Appends everything that is left to {@code out}. */
    final void readRemaining(ByteBuf out) {
        while (!isAtEnd()) {
            out.writeBytes(window, position, limit - position);
            position = limit;
        }
    }

    private boolean refill() {
        if (finished) {
            return false;
        }
        bytesBeforeWindow += limit;
        position = 0;
        limit = 0;
        int count;
        try {
            count = inflate();
        } catch (IOException e) {
            throw DecompressionException.broken(reason(e));
        }
        if (count < 0) {
            finished = true;
            return false;
        }
        if (count > bytesAllowed()) {
            throw DecompressionException.tooLarge(bytesMax);
        }
        limit = count;
        return true;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
