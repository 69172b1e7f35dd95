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

    /** Whether the classes are there, and the native library is on the class path and can be loaded. */
    static boolean isAvailable() {
        try {
            return hasLibrary() && Epoll.isAvailable();
        } catch (LinkageError absent) {
            return false;
        }
    }

    /** A look, before Netty's attempt to load the library, which takes a fresh JVM milliseconds to find it absent. */
    private static boolean hasLibrary() {
        String library = "META-INF/native/libnetty_transport_native_epoll_" + architecture() + ".so";
        return ServerChannel.class.getClassLoader().getResource(library) != null;
    }

    /** As Netty names it. */
    private static String architecture() {
        String name = System.getProperty("os.arch", "");
        return switch (name) {
            case "amd64" -> "x86_64";
            case "aarch64" -> "aarch_64";
            default -> name;
        };
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
