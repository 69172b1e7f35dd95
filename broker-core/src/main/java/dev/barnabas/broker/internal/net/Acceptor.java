package dev.barnabas.broker.internal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the connections of one listener and gives each to a loop. On the listener's loop. */
final class Acceptor extends InboundHandler {
    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** Below: a slow reader is served on. Above: it has to take what it was sent first. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private static final long PAUSE_MS = 100;

    private final String listenerName;
    private final FrontEnd frontEnd;

    Acceptor(String listenerName, FrontEnd frontEnd) {
        this.listenerName = listenerName;
        this.frontEnd = frontEnd;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel channel = (Channel) message;
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            channel.unsafe().closeForcibly();
            return;
        }
        InetAddress address = remote.getAddress();
        if (!frontEnd.counts().enter(address)) {
            log.warn("Refused a connection, too many are open listener={} remote={}", listenerName, remote);
            channel.unsafe().closeForcibly();
            return;
        }
        channel.closeFuture().addListener(closed -> frontEnd.counts().leave(address));
        ChannelConfig config = channel.config();
        config.setAllocator(frontEnd.allocator());
        config.setWriteBufferWaterMark(WATER_MARK);
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        EventLoop loop = frontEnd.nextLoop();
        Connection connection = new Connection(
                frontEnd.nextConnectionId(), channel, listenerName, frontEnd, frontEnd.buffers(loop), false);
        config.setRecvByteBufAllocator(new FrameRecvAllocator(connection.frames()));
        channel.pipeline().addLast(connection);
        loop.register(channel).addListener((ChannelFutureListener) registered -> {
            if (!registered.isSuccess()) {
                registered.channel().unsafe().closeForcibly();
            }
        });
    }

    /** Accepting failed, most likely for want of file descriptors: leaves the queue to the kernel for a moment. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.warn("Cannot accept connections listener={} cause={}", listenerName, cause.toString());
        Channel server = context.channel();
        server.config().setAutoRead(false);
        server.eventLoop().schedule(() -> server.config().setAutoRead(true), PAUSE_MS, TimeUnit.MILLISECONDS);
    }
}
