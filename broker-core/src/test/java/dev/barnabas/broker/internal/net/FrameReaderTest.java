package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

    private static final int MIB = 1 << 20;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final AtomicInteger granted = new AtomicInteger();
    private final RequestMemory memory = new RequestMemory(64 * MIB, 40 * MIB, () -> {});
    private final List<FrameReader> readers = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        readers.forEach(FrameReader::close);
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Test
    void framesComeOutWholeHoweverTheirBytesAreSplit() {
        byte[] stream = stream(0, 1, 13, 0, 5);
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                FrameReader reader = reader();
                List<byte[]> frames = new ArrayList<>();
                for (int[] part : new int[][] {{0, first}, {first, second}, {second, stream.length}}) {
                    feed(reader, stream, part[0], part[1]);
                    drain(reader, frames);
                }
                assertThat(frames).hasSize(5);
                assertThat(frames.stream().map(f -> f.length)).containsExactly(0, 1, 13, 0, 5);
                assertThat(frames.get(2)).isEqualTo(body(13));
            }
        }
    }

    @Test
    void bytesReadIntoTheTargetArriveInAnySizes() {
        Random random = new Random(7);
        int[] lengths = {3, 5000, 100_000, 2 * MIB + 17, 1, 900_000, 70_000, 3 * MIB, 12};
        byte[] stream = stream(lengths);
        FrameReader reader = reader();
        List<byte[]> frames = new ArrayList<>();
        int at = 0;
        while (at < stream.length) {
            ByteBuf target = reader.target();
            int length = Math.min(stream.length - at, 1 + random.nextInt(target.writableBytes()));
            target.writeBytes(stream, at, length);
            at += length;
            reader.received(target);
            drain(reader, frames);
        }
        assertThat(frames).hasSize(lengths.length);
        for (int i = 0; i < lengths.length; i++) {
            assertThat(frames.get(i)).isEqualTo(body(lengths[i]));
        }
    }

    @Test
    void anOrdinaryFrameIsReadIntoOneBufferOfItsExactSize() {
        FrameReader reader = reader();
        feed(reader, stream(100_000), 0, 1000);
        assertThat(reader.next()).isNull();
        ByteBuf target = reader.target();
        assertThat(target.capacity()).isEqualTo(100_000);
        target.release();
    }

    @Test
    void aLargeFrameTakesMemoryOnlyAsItsBytesArrive() {
        FrameReader reader = reader();
        reader.received(allocator.directBuffer().writeInt(40 * MIB).writeZero(100));
        assertThat(reader.next()).isNull();
        assertThat(allocator.metric().usedDirectMemory()).isLessThan(MIB / 2);
    }

    @Test
    void aLengthThatIsNegativeOrTooLargeIsRefusedBeforeMemoryIsTaken() {
        for (int length : new int[] {-1, Integer.MIN_VALUE, 40 * MIB + 1, Integer.MAX_VALUE}) {
            FrameReader reader = reader();
            reader.received(allocator.directBuffer(64).writeInt(length));
            assertThatThrownBy(reader::next).isInstanceOf(FrameException.class).hasMessageContaining("" + length);
        }
    }

    @Test
    void aFrameWaitsUntilOthersGiveTheirMemoryBack() {
        FrameReader first = reader();
        FrameReader second = reader();
        begin(first, 40 * MIB);
        begin(second, 39 * MIB);
        assertThat(first.isWaiting()).isFalse();
        assertThat(second.isWaiting()).isTrue();
        assertThat(memory.isScarce()).isTrue();
        first.close();
        assertThat(granted).hasValue(1);
        assertThat(second.isWaiting()).isFalse();
        assertThat(memory.isScarce()).isFalse();
    }

    @Test
    void whoeverWaitedIsNoHolderBeforeItsFrameHasBegun() {
        FrameReader first = reader();
        FrameReader second = reader();
        begin(first, 40 * MIB);
        begin(second, 39 * MIB);
        assertThat(first.holdsShare()).isTrue();
        first.close();
        assertThat(second.holdsShare()).isFalse();
        assertThat(second.next()).isNull();
        assertThat(second.holdsShare()).isTrue();
        assertThat(second.framesBegun()).isEqualTo(1);
    }

    @Test
    void announcedLargeFramesLeaveRoomForOrdinaryOnes() {
        for (int i = 0; i < 50; i++) {
            begin(reader(), 40 * MIB);
        }
        FrameReader ordinary = reader();
        begin(ordinary, MIB);
        assertThat(ordinary.isWaiting()).isFalse();
    }

    @Test
    void whoeverLeavesTheLineMakesWayForTheNext() {
        FrameReader holder = reader();
        FrameReader leaving = reader();
        FrameReader small = reader();
        begin(holder, 30 * MIB);
        begin(leaving, 40 * MIB);
        begin(small, 2 * MIB);
        assertThat(small.isWaiting()).isTrue();
        leaving.close();
        assertThat(small.isWaiting()).isFalse();
    }

    private void begin(FrameReader reader, int length) {
        reader.received(allocator.directBuffer(64).writeInt(length).writeByte(1));
        assertThat(reader.next()).isNull();
    }

    private FrameReader reader() {
        ByteBufAllocator buffers = allocator;
        FrameReader reader = new FrameReader(40 * MIB, memory, new SpareBuffers(buffers), granted::incrementAndGet);
        readers.add(reader);
        return reader;
    }

    private void feed(FrameReader reader, byte[] stream, int from, int to) {
        if (to > from) {
            reader.received(allocator.directBuffer(to - from).writeBytes(stream, from, to - from));
        }
    }

    private static void drain(FrameReader reader, List<byte[]> frames) {
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
            byte[] bytes = new byte[frame.content().readableBytes()];
            frame.content().getBytes(frame.content().readerIndex(), bytes);
            frames.add(bytes);
            frame.release();
        }
    }

    private static byte[] stream(int... lengths) {
        ByteBuf out = Unpooled.buffer();
        for (int length : lengths) {
            out.writeInt(length).writeBytes(body(length));
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static byte[] body(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
