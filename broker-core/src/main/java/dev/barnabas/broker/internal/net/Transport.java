package dev.barnabas.broker.internal.net;

import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** How sockets are waited for: epoll where its native library is at hand, else NIO. */
public interface Transport {

    /** For the log: {@code epoll}, {@code nio}. */
    String name();

    /** New loops, whose threads start when first needed. */
    List<EventLoop> openLoops(int count, ThreadFactory threads);

    /** A server channel, neither registered nor bound. */
    ServerChannel newServerChannel();

    /** The best that this machine and class path offer. */
    static Transport best() {
        return EpollTransport.isAvailable() ? new EpollTransport() : new NioTransport();
    }
}
