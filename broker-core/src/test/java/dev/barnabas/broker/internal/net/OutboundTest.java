package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
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
        CountedSlice large = CountedSlice.own(200_000);
        CountedSlice small = CountedSlice.own(1_000);
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
        assertThat(large.releases).hasValue(1);
        assertThat(small.releases).hasValue(1);
        assertThat(outbound.longBytesUntaken()).isZero();
    }
}
