package dev.barnabas.benchmark;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections opened all at once, each asking for ApiVersions; then what they cost while idle. */
final class ConnectionsScenario implements Scenario {

    private static final int IDLE_SECONDS = 5;

    /** Length, ApiVersions (18) version 0, correlation id 1, client id "b". */
    private static final byte[] API_VERSIONS = {0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 1, 0, 1, 'b'};

    private final int connections;

    ConnectionsScenario(int connections) {
        this.connections = connections;
    }

    @Override
    public String name() {
        return "connections-" + connections;
    }

    @Override
    public List<Metric> run(BrokerProcess broker) throws Exception {
        int colon = broker.bootstrapServers().lastIndexOf(':');
        var address = new InetSocketAddress(
                broker.bootstrapServers().substring(0, colon),
                Integer.parseInt(broker.bootstrapServers().substring(colon + 1)));
        warmUp(address);
        long residentBefore = broker.residentBytes();
        List<SocketChannel> channels = new ArrayList<>();
        try {
            long begin = System.nanoTime();
            openAndAsk(address, channels);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double resident = (broker.residentBytes() - residentBefore) / 1e3 / connections;
            double cpuBefore = broker.cpuSeconds();
            long idle = System.nanoTime();
            while (System.nanoTime() - idle < IDLE_SECONDS * 1_000_000_000L) {
                java.util.concurrent.locks.LockSupport.parkNanos(100_000_000L);
            }
            return List.of(
                    Metric.cost("all answered", "s", seconds),
                    Metric.cost("resident", "KB/connection", Math.max(0, resident)),
                    Metric.cost("idle CPU", "ms/s", (broker.cpuSeconds() - cpuBefore) * 1_000 / IDLE_SECONDS));
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    private static void warmUp(InetSocketAddress address) throws IOException {
        for (int i = 0; i < 200; i++) {
            try (var channel = SocketChannel.open(address)) {
                channel.write(ByteBuffer.wrap(API_VERSIONS));
                var in = new DataInputStream(channel.socket().getInputStream());
                in.readFully(new byte[in.readInt()]);
            }
        }
    }

    private void openAndAsk(InetSocketAddress address, List<SocketChannel> channels) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_CONNECT);
                channel.connect(address);
            }
            ByteBuffer answer = ByteBuffer.allocate(64 << 10);
            int answered = 0;
            while (answered < connections) {
                selector.select(1_000);
                for (SelectionKey key : selector.selectedKeys()) {
                    var channel = (SocketChannel) key.channel();
                    if (key.isConnectable()) {
                        channel.finishConnect();
                        channel.write(ByteBuffer.wrap(API_VERSIONS));
                        key.interestOps(SelectionKey.OP_READ);
                    } else if (channel.read(answer.clear()) > 0) {
                        answered++;
                        key.cancel();
                    } else {
                        throw new IOException("connection closed before its answer");
                    }
                }
                selector.selectedKeys().clear();
            }
        }
    }
}
