package dev.barnabas.broker.internal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one channel read its socket straight into the buffers of its {@link FrameReader}. Reading stops when a read did not
 * fill its buffer, as the socket is then empty, and after {@value #READS_MAX} reads, as others want to be served.
 */
@SuppressWarnings("deprecation") // Netty 4.1 asks for Handle, 4.2 for the same under another name.
final class FrameRecvAllocator implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {

    private static final int READS_MAX = 16;

    private final FrameReader frames;
    private @Nullable ChannelConfig config;
    private int reads;
    private int attempted;
    private int lastRead;

    FrameRecvAllocator(FrameReader frames) {
        this.frames = frames;
    }

    @Override
    public Handle newHandle() {
        return this;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
        return frames.target();
    }

    @Override
    public int guess() {
        return 2048;
    }

    @Override
    public void reset(ChannelConfig channelConfig) {
        config = channelConfig;
        reads = 0;
        attempted = 0;
        lastRead = 0;
    }

    @Override
    public void incMessagesRead(int count) {
        reads += count;
    }

    @Override
    public void lastBytesRead(int bytes) {
        lastRead = bytes;
    }

    @Override
    public int lastBytesRead() {
        return lastRead;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
        attempted = bytes;
    }

    @Override
    public int attemptedBytesRead() {
        return attempted;
    }

    @Override
    public boolean continueReading() {
        return lastRead == attempted && mayReadOn();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
        return maybeMoreData.get() && mayReadOn();
    }

    private boolean mayReadOn() {
        return config != null && config.isAutoRead() && reads < READS_MAX && lastRead > 0;
    }

    @Override
    public void readComplete() {}
}
