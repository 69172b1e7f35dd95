package dev.barnabas.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An allocator that remembers; after each test every buffer it gave out must have been released. */
final class TestBuffers implements AfterEachCallback {

    static final TestAllocator ALLOCATOR = new TestAllocator();

    @Override
    public void afterEach(ExtensionContext context) {
        var leaked =
                ALLOCATOR.given.stream().filter(buffer -> buffer.refCnt() > 0).toList();
        ALLOCATOR.given.clear();
        ALLOCATOR.largest = 0;
        assertThat(leaked).as("buffers not released").isEmpty();
    }

    static final class TestAllocator extends AbstractByteBufAllocator {

        private final List<ByteBuf> given = new ArrayList<>();
        private int largest;

        /** Capacity of the largest buffer given out in this test and still held. */
        int largestBytes() {
            given.forEach(buffer -> largest = Math.max(largest, buffer.refCnt() > 0 ? buffer.capacity() : 0));
            return largest;
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return remember(UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity));
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return remember(UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity));
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }

        private ByteBuf remember(ByteBuf buffer) {
            given.add(buffer);
            return buffer;
        }
    }
}
