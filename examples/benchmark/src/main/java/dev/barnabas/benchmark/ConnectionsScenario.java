package dev.barnabas.benchmark;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections opened all at once or in waves, each asking for ApiVersions; then what they cost while idle. */
final class ConnectionsScenario implements Scenario {

    /** Apache Kafka's default for {@code socket.listen.backlog.size}: no more than this can wait without being lost. */
    static final int WAVE = 50;

    private static final int WARM_UP = 1_000;

    /** Length, ApiVersions (18) version 0, correlation id 1, client id "b". */
    private static final byte[] API_VERSIONS = {0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 1, 0, 1, 'b'};

    private final int connections;
    private final int wave;
    private final int idleSeconds;

    /** @param wave how many are opened at once; the next wave comes when all of these have their answers */
    ConnectionsScenario(int connections, int wave, int idleSeconds) {
        this.connections = connections;
        this.wave = wave;
        this.idleSeconds = idleSeconds;
    }

    @Override
    public String name() {
        return "connections-" + connections;
    }

    @Override
    public Figures run(BrokerProcess broker) throws Exception {
        InetSocketAddress address = broker.address();
        warmUp(address);
        List<SocketChannel> channels = new ArrayList<>();
        try {
            long begin = System.nanoTime();
            while (channels.size() < connections) {
                openAndAsk(address, channels, Math.min(wave, connections - channels.size()));
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            Measurement idle = broker.begin();
            TimeUnit.SECONDS.sleep(idleSeconds);
            idle.end();
            return Figures.of(
                    Metric.cost("all answered", "s", seconds),
                    Metric.cost("resident after", "MB", broker.residentBytes() / 1e6),
                    Metric.cost("idle CPU", "ms/s", idle.cpuSeconds() * 1_000 / idle.seconds()));
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    /** One after the other. */
    private static void warmUp(InetSocketAddress address) throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            try (var channel = SocketChannel.open(address)) {
                channel.write(ByteBuffer.wrap(API_VERSIONS));
                var in = new DataInputStream(channel.socket().getInputStream());
                in.readFully(new byte[in.readInt()]);
            }
        }
    }

    private static void openAndAsk(InetSocketAddress address, List<SocketChannel> channels, int count)
            throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                channels.add(connect(address, selector));
            }
            int answered = 0;
            while (answered < count) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    try {
                        answered += proceed(key) ? 1 : 0;
                    } catch (SocketException refused) {
                        // What a listen backlog has no room for is reset; clients connect anew, and so does this one.
                        key.channel().close();
                        channels.remove((SocketChannel) key.channel());
                        channels.add(connect(address, selector));
                    }
                }
                selector.selectedKeys().clear();
            }
        }
    }

    private static SocketChannel connect(InetSocketAddress address, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_CONNECT);
        channel.connect(address);
        return channel;
    }

    /** Asks once connected; returns whether the answer has come. */
    private static boolean proceed(SelectionKey key) throws IOException {
        var channel = (SocketChannel) key.channel();
        if (key.isConnectable()) {
            channel.finishConnect();
            channel.write(ByteBuffer.wrap(API_VERSIONS));
            key.interestOps(SelectionKey.OP_READ);
            return false;
        }
        if (channel.read(ByteBuffer.allocate(4 << 10)) <= 0) {
            throw new SocketException("connection: closed (expected: an answer)");
        }
        key.cancel();
        return true;
    }
}
