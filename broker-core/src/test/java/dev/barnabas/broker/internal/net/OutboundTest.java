package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.FileChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboundTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Outbound outbound = new Outbound(channel, false, new ResponseMemory(1 << 20, () -> {}), () -> {});

    private int bytesTaken() {
        int bytes = 0;
        for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
            bytes += piece.readableBytes();
            piece.release();
        }
        return bytes;
    }

    @Test
    void aSliceIsNotAskedForItsSizeOnceItIsReleased() {
        OwnSlice large = new OwnSlice(200_000);
        OwnSlice small = new OwnSlice(1_000);
        ByteBuf head = Unpooled.buffer().writeZero(8);
        outbound.write(head, List.of(new GatheringWriter.Cut(4, large), new GatheringWriter.Cut(8, small)));
        assertThat(outbound.longBytesUntaken()).isEqualTo(201_000);

        int taken = 0;
        while (outbound.hasWaiting()) {
            outbound.pump();
            channel.flushOutbound();
            taken += bytesTaken();
        }

        assertThat(taken).isEqualTo(201_008);
        assertThat(large.released && small.released).isTrue();
        assertThat(outbound.longBytesUntaken()).isZero();
    }

    /** A slice in memory of its own, which is gone with it. */
    private static final class OwnSlice implements RecordSlice {
        private final int bytes;
        private boolean released;

        OwnSlice(int bytes) {
            this.bytes = bytes;
        }

        @Override
        public FileChannel channel() {
            return null;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public int sizeInBytes() {
            assertThat(released).isFalse();
            return bytes;
        }

        @Override
        public int ownBytes() {
            assertThat(released).isFalse();
            return bytes;
        }

        @Override
        public void writeTo(ByteBuf out, int offset, int length) {
            assertThat(released).isFalse();
            out.writeZero(length);
        }

        @Override
        public void release() {
            assertThat(released).isFalse();
            released = true;
        }
    }
}
