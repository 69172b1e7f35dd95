package dev.barnabas.broker.internal.net;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Loops without a group around them: the API of Netty 4.2, absent from 4.1, so callers expect a LinkageError. A group
 * listens for its loops' end on Netty's global executor, whose thread would outlive {@code close()} by a second.
 */
final class SingleLoops {

    private SingleLoops() {}

    static List<EventLoop> epoll(int count, ThreadFactory threads) {
        return open(count, threads, EpollIoHandler.newFactory());
    }

    static List<EventLoop> nio(int count, ThreadFactory threads) {
        return open(count, threads, NioIoHandler.newFactory());
    }

    private static List<EventLoop> open(int count, ThreadFactory threads, IoHandlerFactory handlers) {
        List<EventLoop> loops = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            loops.add(new SingleThreadIoEventLoop(null, threads, handlers));
        }
        return loops;
    }
}
