package dev.barnabas.broker.internal.net;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/** Makes buffers until it is told that there is no memory for them. */
public final class ScarceAllocator extends AbstractByteBufAllocator {

    private volatile boolean exhausted;

    public void exhaust(boolean value) {
        exhausted = value;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        requireMemory();
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        requireMemory();
        return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
    }

    private void requireMemory() {
        if (exhausted) {
            throw new OutOfMemoryError("buffers: none (as the test says)");
        }
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }
}
