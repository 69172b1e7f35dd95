package dev.barnabas.broker.internal.net;

import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** Linux's epoll by Netty's native library. */
final class EpollTransport implements Transport {

    /** Whether the classes and the native library are there. */
    static boolean isAvailable() {
        try {
            return Epoll.isAvailable();
        } catch (LinkageError absent) {
            return false;
        }
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public List<EventLoop> openLoops(int count, ThreadFactory threads) {
        try {
            return SingleLoops.epoll(count, threads);
        } catch (LinkageError netty41) {
            return LoopGroups.loops(new EpollEventLoopGroup(count, threads));
        }
    }

    @Override
    public ServerChannel newServerChannel() {
        return new EpollServerSocketChannel();
    }
}
