package dev.barnabas.broker.internal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** The JDK's own selectors: every platform. */
final class NioTransport implements Transport {

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public List<EventLoop> openLoops(int count, ThreadFactory threads) {
        try {
            return SingleLoops.nio(count, threads);
        } catch (LinkageError netty41) {
            return LoopGroups.loops(new NioEventLoopGroup(count, threads));
        }
    }

    @Override
    public ServerChannel newServerChannel() {
        return new NioServer();
    }

    private static final class NioServer extends NioServerSocketChannel {
        @Override
        protected ChannelId newId() {
            return new ConnectionId();
        }

        @Override
        protected int doReadMessages(List<Object> accepted) throws IOException {
            SocketChannel socket = javaChannel().accept();
            if (socket == null) {
                return 0;
            }
            accepted.add(new NioChild(this, socket));
            return 1;
        }
    }

    private static final class NioChild extends NioSocketChannel {
        NioChild(Channel parent, SocketChannel socket) {
            super(parent, socket);
        }

        @Override
        protected ChannelId newId() {
            return new ConnectionId();
        }
    }
}
