package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpareBuffersTest {

    private final PooledByteBufAllocator pool = new PooledByteBufAllocator(true);
    private final SpareBuffers buffers = new SpareBuffers(pool);

    @AfterEach
    void nothingIsLeft() {
        buffers.close();
        assertThat(buffersInUse()).isZero();
    }

    private long buffersInUse() {
        return pool.metric().directArenas().stream()
                .mapToLong(arena -> arena.numActiveAllocations())
                .sum();
    }

    private static ByteBuf filled(ByteBuf buffer) {
        return buffer.writeZero(buffer.writableBytes());
    }

    @Test
    void aBufferGivenBackServesWhoWantsAboutAsMuch() {
        ByteBuf first = filled(buffers.take(100_000));
        buffers.giveBack(first);

        ByteBuf second = buffers.take(70_000);
        assertThat(second.memoryAddress()).isEqualTo(first.memoryAddress());
        assertThat(second.capacity()).isEqualTo(70_000);
        assertThat(second.writableBytes()).isEqualTo(70_000);
        buffers.giveBack(filled(second));

        ByteBuf third = buffers.take(131_072);
        assertThat(third.memoryAddress()).isEqualTo(first.memoryAddress());
        assertThat(third.writableBytes()).isEqualTo(131_072);
        third.release();
    }

    @Test
    void whatIsMuchTooLargeIsNotTaken() {
        buffers.giveBack(buffers.take(100_000));
        ByteBuf small = buffers.take(30_000);
        assertThat(buffersInUse()).isEqualTo(2);
        assertThat(small.maxFastWritableBytes()).isBetween(30_000, 40_000);
        small.release();
    }

    @Test
    void aBufferTakesLessThanTwiceItsCapacity() {
        for (int bytes = 1; bytes <= 300_000; bytes += 7) {
            assertThat(SpareBuffers.size(bytes)).isBetween(bytes, 2 * bytes - 1);
        }
        assertThat(SpareBuffers.size(8_192)).isEqualTo(8_192);
        assertThat(SpareBuffers.size(8_193)).isEqualTo(16_384);
    }

    @Test
    void smallAndLargeOnesGoBackToThePool() {
        for (int bytes : new int[] {1, 4_096, 131_073, 1_000_000}) {
            ByteBuf buffer = buffers.take(bytes);
            assertThat(buffer.capacity()).isEqualTo(bytes);
            buffers.giveBack(buffer);
            assertThat(buffersInUse()).isZero();
        }
    }

    @Test
    void noMoreAreKeptThanAFew() {
        List<ByteBuf> taken = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            taken.add(buffers.take(50_000));
        }
        taken.forEach(buffers::giveBack);
        assertThat(buffersInUse()).isEqualTo(8);
    }

    @Test
    void oneThatSomebodyStillHoldsIsNotKept() {
        ByteBuf buffer = filled(buffers.take(50_000));
        ByteBuf held = buffer.retainedSlice(10, 10);
        buffers.giveBack(buffer);
        ByteBuf next = buffers.take(50_000);
        assertThat(next.memoryAddress()).isNotEqualTo(buffer.memoryAddress());
        next.release();
        held.release();
    }

    @Test
    void oneThatIsNotAPoolsIsNotKept() {
        var unpooled = new UnpooledByteBufAllocator(true);
        var others = new SpareBuffers(unpooled);
        ByteBuf buffer = others.take(50_000);
        assertThat(buffer.capacity()).isEqualTo(50_000);
        others.giveBack(buffer);
        assertThat(unpooled.metric().usedDirectMemory()).isZero();
    }

    @Test
    void afterTheEndNothingIsKept() {
        ByteBuf late = buffers.take(50_000);
        buffers.giveBack(buffers.take(50_000));
        buffers.close();
        assertThat(buffersInUse()).isEqualTo(1);
        buffers.giveBack(late);
        assertThat(buffersInUse()).isZero();
    }
}
