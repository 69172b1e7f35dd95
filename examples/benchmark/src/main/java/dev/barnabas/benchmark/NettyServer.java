package dev.barnabas.benchmark;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.TimeUnit;

/** A port with nothing behind it: what Netty by itself needs to start. */
final class NettyServer implements AutoCloseable {

    private final EventLoopGroup loops;
    private final Channel server;

    private NettyServer(EventLoopGroup loops, Channel server) {
        this.loops = loops;
        this.server = server;
    }

    static NettyServer start() {
        boolean hasEpoll = Epoll.isAvailable();
        var loops =
                new MultiThreadIoEventLoopGroup(1, hasEpoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(hasEpoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        return new NettyServer(loops, server);
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
