package dev.barnabas.broker.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LateBufferPoolTest {

    private static final int MIB = 1 << 20;

    /** How many of 12 KiB, and as many times the 4 KiB of trouble, fit into the bytes that are made without the pool. */
    private static final int WITHOUT = 64 * MIB / (16 * 1024);

    private final ManualLanes lanes = new ManualLanes();
    private final LateBufferPool pool = new LateBufferPool(lanes);

    /** Who made a buffer that {@code pool} is asked for. */
    private static ByteBufAllocator maker(ByteBufAllocator pool, int bytes) {
        ByteBuf buffer = pool.directBuffer(bytes, bytes);
        try {
            assertThat(buffer.isDirect()).isTrue();
            assertThat(buffer.capacity()).isEqualTo(bytes);
            return buffer.alloc();
        } finally {
            buffer.release();
        }
    }

    @Test
    void theFirstBuffersDoWithoutThePool() {
        for (int i = 0; i < WITHOUT; i++) {
            assertThat(maker(pool, 12 * 1024)).isSameAs(UnpooledByteBufAllocator.DEFAULT);
        }
        assertThat(lanes.runBlocking()).isZero();
        assertThat(pool.isDirectBufferPooled()).isFalse();
    }

    @Test
    void afterManyBuffersThePoolIsMadeReadyAsideAndThenUsed() {
        for (int i = 0; i < WITHOUT + 10; i++) {
            assertThat(maker(pool, 12 * 1024)).isSameAs(UnpooledByteBufAllocator.DEFAULT);
        }
        assertThat(lanes.runBlocking()).isEqualTo(1);
        assertThat(maker(pool, 100)).isSameAs(PooledByteBufAllocator.DEFAULT);
        assertThat(pool.isDirectBufferPooled()).isTrue();
    }

    @Test
    void aFewLargeBuffersHaveThePoolMadeReady() {
        for (int i = 0; i < 4; i++) {
            assertThat(lanes.runBlocking()).isZero();
            assertThat(maker(pool, 16 * MIB)).isSameAs(UnpooledByteBufAllocator.DEFAULT);
        }
        assertThat(lanes.runBlocking()).isEqualTo(1);
        assertThat(maker(pool, 1)).isSameAs(PooledByteBufAllocator.DEFAULT);
        ByteBuf heap = pool.heapBuffer(10);
        assertThat(heap.hasArray()).isTrue();
        assertThat(heap.alloc()).isSameAs(PooledByteBufAllocator.DEFAULT);
        heap.release();
    }

    @Test
    void aBrokerThatClosesDoesWithoutThePool() {
        var closing = new LateBufferPool(new Lanes() {
            @Override
            public Lane lane(String name) {
                return lanes.lane(name);
            }

            @Override
            public void afterWakeUp(Runnable task) {
                lanes.afterWakeUp(task);
            }

            @Override
            public void blocking(Runnable task) {
                throw new RejectedExecutionException("closed");
            }
        });
        assertThat(maker(closing, 64 * MIB)).isSameAs(UnpooledByteBufAllocator.DEFAULT);
        assertThat(maker(closing, 64 * MIB)).isSameAs(UnpooledByteBufAllocator.DEFAULT);
    }
}
