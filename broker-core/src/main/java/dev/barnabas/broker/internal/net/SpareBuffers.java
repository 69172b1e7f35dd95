package dev.barnabas.broker.internal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Buffers that requests arrived in, kept for those to come: the way of tens of kilobytes out of a pool and back is long, and
 * the next request is mostly as long as the last. Kept are some of each power of two between two bounds. Of one loop, and on
 * it.
 */
final class SpareBuffers {

    private static final int SPARES_MAX = 8;
    private static final int BYTES_MIN = 8 * 1024;
    private static final int BYTES_MAX = 128 * 1024;

    private final ByteBufAllocator allocator;

    /** Empty buffers, by the exponent of their size, from {@link #BYTES_MIN} on. */
    private final List<Deque<ByteBuf>> spares = new ArrayList<>();

    private boolean closed;

    SpareBuffers(ByteBufAllocator allocator) {
        this.allocator = allocator;
        for (int bytes = BYTES_MIN; bytes <= BYTES_MAX; bytes *= 2) {
            spares.add(new ArrayDeque<>(SPARES_MAX));
        }
    }

    /** Makes what is not kept. */
    ByteBufAllocator allocator() {
        return allocator;
    }

    /** What a buffer of that capacity takes: less than twice as much. */
    static int size(int bytes) {
        return bytes <= BYTES_MIN / 2 || bytes > BYTES_MAX
                ? bytes
                : Math.max(BYTES_MIN, Integer.highestOneBit(bytes - 1) << 1);
    }

    /** An empty buffer of that capacity outside the heap, to be released or {@linkplain #giveBack given back}. */
    ByteBuf take(int bytes) {
        int size = size(bytes);
        if (size < BYTES_MIN || size > BYTES_MAX) {
            return allocator.directBuffer(bytes, bytes);
        }
        ByteBuf spare = spares(size).poll();
        return (spare == null ? allocator.directBuffer(size, BYTES_MAX) : spare).capacity(bytes);
    }

    private Deque<ByteBuf> spares(int size) {
        return spares.get(Integer.numberOfTrailingZeros(size / BYTES_MIN));
    }

    /** Takes over a buffer that nobody needs any more; one of {@link #take}'s may be kept. */
    void giveBack(ByteBuf buffer) {
        if (!isKept(buffer)) {
            buffer.release();
        }
    }

    /** A buffer that is not a pool's does not keep its memory when its capacity changes. */
    private boolean isKept(ByteBuf buffer) {
        if (closed
                || buffer.maxCapacity() != BYTES_MAX
                || buffer.refCnt() != 1
                || !buffer.alloc().isDirectBufferPooled()) {
            return false;
        }
        Deque<ByteBuf> alike = spares(Integer.highestOneBit(buffer.clear().maxFastWritableBytes()));
        if (alike.size() >= SPARES_MAX) {
            return false;
        }
        alike.push(buffer);
        return true;
    }

    /** Releases what is kept; from now on nothing is. */
    void close() {
        closed = true;
        for (Deque<ByteBuf> alike : spares) {
            alike.forEach(ByteBuf::release);
            alike.clear();
        }
    }
}
