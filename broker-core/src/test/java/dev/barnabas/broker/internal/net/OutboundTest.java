package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(ints = {1_000, 200_000})
    void whatThereIsNoMemoryToCopyForIsGivenBackOnceWhenTheConnectionCloses(int bytes) {
        ScarceAllocator allocator = new ScarceAllocator();
        channel.config().setAllocator(allocator);
        CountedSlice failing = CountedSlice.own(bytes);
        CountedSlice behind = CountedSlice.own(1_000);
        ByteBuf head = Unpooled.buffer().writeZero(12);

        allocator.exhaust(true);
        assertThatThrownBy(() -> {
                    outbound.write(
                            head, List.of(new GatheringWriter.Cut(4, failing), new GatheringWriter.Cut(8, behind)));
                    outbound.pump();
                })
                .isInstanceOf(OutOfMemoryError.class);
        outbound.close();
        channel.flushOutbound();
        bytesTaken();

        assertThat(failing.releases).hasValue(1);
        assertThat(behind.releases).hasValue(1);
        assertThat(outbound.longBytesUntaken()).isZero();
        assertThat(head.refCnt()).isZero();
    }

    @Test
    void aPieceThatCannotBeFilledIsReleased() {
        List<ByteBuf> pieces = new ArrayList<>();
        CountedSlice failing = CountedSlice.view(200_000).onWritten(piece -> {
            pieces.add(piece);
            throw new OutOfMemoryError("as the test says");
        });

        outbound.write(Unpooled.buffer().writeZero(4), List.of(new GatheringWriter.Cut(4, failing)));
        assertThatThrownBy(outbound::pump).isInstanceOf(OutOfMemoryError.class);
        outbound.close();

        assertThat(pieces).hasSize(1).allMatch(piece -> piece.refCnt() == 0);
        assertThat(failing.releases).hasValue(1);
    }
}
