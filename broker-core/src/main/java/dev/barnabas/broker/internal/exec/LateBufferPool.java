package dev.barnabas.broker.internal.exec;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of requests and responses: of Netty's pool, once there is enough to do for it. Its first buffer loads Java's
 * flight recorder, which takes a fresh JVM a quarter of a CPU second: longer than all that a test asks of a broker. So the
 * first 64 MiB of buffers are made one by one, each counted as 4 KiB more than it has, for the trouble; then the pool is
 * made ready aside. Any thread.
 */
public final class LateBufferPool extends AbstractByteBufAllocator {

    private static final long BYTES_WITHOUT = 64L << 20;
    private static final long BYTES_OF_TROUBLE = 4 * 1024;

    private final Lanes lanes;
    private final AtomicLong made = new AtomicLong();
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile @Nullable ByteBufAllocator pool;

    /** @param lanes has the thread on which the pool is made ready */
    public LateBufferPool(Lanes lanes) {
        super(true);
        this.lanes = lanes;
    }

    @Override
    public ByteBuf heapBuffer(int initialCapacity, int maxCapacity) {
        return allocator(initialCapacity).heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public ByteBuf directBuffer(int initialCapacity, int maxCapacity) {
        return allocator(initialCapacity).directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return pool != null;
    }

    private ByteBufAllocator allocator(int bytes) {
        ByteBufAllocator ready = pool;
        return ready == null ? unpooled(bytes) : ready;
    }

    private ByteBufAllocator unpooled(int bytes) {
        if (made.addAndGet(bytes + BYTES_OF_TROUBLE) > BYTES_WITHOUT && begun.compareAndSet(false, true)) {
            try {
                lanes.blocking(this::makeReady);
            } catch (RejectedExecutionException brokerCloses) {
                // The few buffers that are still needed can do without.
            }
        }
        return UnpooledByteBufAllocator.DEFAULT;
    }

    private void makeReady() {
        ByteBufAllocator ready = PooledByteBufAllocator.DEFAULT;
        ready.directBuffer(1).release();
        pool = ready;
    }
}
