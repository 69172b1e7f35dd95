package dev.barnabas.benchmark;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * The least that a broker can do for Kafka's own producer with one record in flight, in a JVM of its own: reads the Produce
 * request with one read, checks the CRC-32C of its batch, appends the batch to a file with one write, and answers with
 * another. One blocking thread a connection; nothing is allocated or copied.
 *
 * <p>What makes a producer send at all comes from a broker in the same JVM, which tells its clients this server's port: it
 * is handed all other requests, and the first Produce of each connection. Its answer to that one is the answer to all that
 * follow, but for the correlation id.
 *
 * <pre>
 * request   size 4 | api key 2 | version 2 | correlation id 4 | ... | batch | three empty tag buffers 3
 * response  size 4 | correlation id 4 | ...
 * batch     base offset 8 | length of the rest 4 | leader epoch 4 | magic 1 | CRC-32C of the rest 4 | ...
 * </pre>
 */
public final class AckFloorServer implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final int FRAME_BYTES_MAX = 1 << 20;

    private static final int API_KEY_AT = 4;
    private static final int REQUEST_CORRELATION_ID_AT = 8;
    private static final int RESPONSE_CORRELATION_ID_AT = 4;
    private static final int TAG_BUFFERS_BYTES = 3;
    private static final short PRODUCE = 0;

    private static final int BATCH_LENGTH_AT = 8;
    private static final int BATCH_LENGTH_FROM = 12;
    private static final int MAGIC_AT = 16;
    private static final byte MAGIC = 2;
    private static final int CRC_AT = 17;
    private static final int CRC_FROM = 21;

    private final ServerSocketChannel listener;
    private final Broker broker;
    private final InetSocketAddress brokerAddress;
    private final FileChannel batches;

    private AckFloorServer(
            ServerSocketChannel listener, Broker broker, InetSocketAddress brokerAddress, FileChannel batches) {
        this.listener = listener;
        this.broker = broker;
        this.brokerAddress = brokerAddress;
        this.batches = batches;
    }

    /** Serves until the process is ended, or something fails; prints its port. */
    public static void main(String[] args) throws IOException {
        // Without its server a floor has no figures; were only the connection gone, the producer would open another.
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            error.printStackTrace();
            System.exit(1);
        });
        System.out.println(start(Path.of(args[0])).port());
    }

    /** Serves from when this returns, on threads of its own; files go to {@code directory}. */
    static AckFloorServer start(Path directory) throws IOException {
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int brokerPort = BrokerProcess.freePort();
        Broker broker = Broker.builder()
                .listener(new Listener(Listener.DEFAULT_NAME, HOST, brokerPort).advertised(HOST, port(listener)))
                .dataDir(directory.resolve("broker"))
                .topic(AckLatencyScenario.TOPIC, 1)
                .start();
        FileChannel batches =
                FileChannel.open(batches(directory), StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        var server = new AckFloorServer(listener, broker, new InetSocketAddress(HOST, brokerPort), batches);
        new Thread(server::accept, "floor-accept").start();
        return server;
    }

    /** Where the batches are written. */
    static Path batches(Path directory) {
        return directory.resolve("batches");
    }

    int port() throws IOException {
        return port(listener);
    }

    private static int port(ServerSocketChannel listener) throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        broker.close();
        batches.close();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                new Thread(() -> serve(client), "floor-connection").start();
            }
        } catch (AsynchronousCloseException e) {
            // Closed: no more clients.
        } catch (IOException e) {
            throw new IllegalStateException("floor", e);
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                SocketChannel upstream = SocketChannel.open(brokerAddress)) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            upstream.setOption(StandardSocketOptions.TCP_NODELAY, true);
            new Connection(client, upstream).serve();
        } catch (IOException e) {
            throw new IllegalStateException("floor", e);
        }
    }

    /** One client's, and the one to the broker that is its own. On its thread only. */
    private final class Connection {

        private final SocketChannel client;
        private final SocketChannel upstream;

        /** What was received, from 0 on: a request, whole or not, and seldom a part of the next. */
        private final ByteBuffer received = ByteBuffer.allocateDirect(FRAME_BYTES_MAX);

        private final ByteBuffer relayed = ByteBuffer.allocateDirect(FRAME_BYTES_MAX);
        private final CRC32C crc = new CRC32C();

        /** Answer to a Produce; null before the first. */
        private @Nullable ByteBuffer ack;

        /** Where in a Produce request the batch begins. */
        private int batchAt;

        Connection(SocketChannel client, SocketChannel upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        /** Returns when the client has closed the connection. */
        void serve() throws IOException {
            while (readRequest()) {
                int end = frameEnd(received);
                int receivedEnd = received.position();
                boolean produce = received.getShort(API_KEY_AT) == PRODUCE;
                if (produce && ack != null) {
                    store(end);
                    client.write(ack.putInt(RESPONSE_CORRELATION_ID_AT, received.getInt(REQUEST_CORRELATION_ID_AT))
                            .clear());
                } else {
                    relay(end);
                    if (produce) {
                        learn(end);
                    }
                    writeFully(client, relayed.rewind());
                }
                received.limit(receivedEnd).position(end).compact();
            }
        }

        /** Reads until there is one, which takes one read; false at the end of the connection. */
        private boolean readRequest() throws IOException {
            while (received.position() < Integer.BYTES || received.position() < frameEnd(received)) {
                if (client.read(received) < 0) {
                    return false;
                }
            }
            return true;
        }

        /** Checks the batch of the Produce request that ends at {@code end}, and appends it to the file. */
        private void store(int end) throws IOException {
            int batchEnd = end - TAG_BUFFERS_BYTES;
            crc.reset();
            crc.update(received.limit(batchEnd).position(batchAt + CRC_FROM));
            int expected = received.getInt(batchAt + CRC_AT);
            if ((int) crc.getValue() != expected) {
                throw new IOException("CRC-32C: " + (int) crc.getValue() + " (expected: " + expected + ")");
            }
            batches.write(received.position(batchAt));
        }

        /** Hands the request that ends at {@code end} on to the broker, and takes the answer. */
        private void relay(int end) {
            try {
                writeFully(upstream, received.duplicate().position(0).limit(end));
                FloorServer.readFully(upstream, relayed.clear().limit(Integer.BYTES));
                FloorServer.readFully(upstream, relayed.limit(frameEnd(relayed)));
            } catch (IOException e) {
                throw new IllegalStateException("relay of api key " + received.getShort(API_KEY_AT), e);
            }
            int id = relayed.getInt(RESPONSE_CORRELATION_ID_AT);
            int expected = received.getInt(REQUEST_CORRELATION_ID_AT);
            if (id != expected) {
                throw new IllegalStateException("correlation id: " + id + " (expected: " + expected + ")");
            }
        }

        /** Takes what is the same in all Produce requests from the first and the answer to it. */
        private void learn(int end) {
            var header = RequestHeader.parse(
                    received.duplicate().position(Integer.BYTES).limit(end));
            Set<Errors> errors = AbstractResponse.parseResponse(
                            relayed.duplicate().position(Integer.BYTES), header)
                    .errorCounts()
                    .keySet();
            if (!errors.equals(Set.of(Errors.NONE))) {
                throw new IllegalStateException("first Produce: " + errors + " (expected: NONE)");
            }
            batchAt = findBatch(end - TAG_BUFFERS_BYTES);
            ack = ByteBuffer.allocateDirect(relayed.limit()).put(relayed.rewind());
        }

        /** The first position of what has the length and the magic of a batch; its checksum is looked at with each. */
        private int findBatch(int batchEnd) {
            for (int at = REQUEST_CORRELATION_ID_AT; at + CRC_FROM < batchEnd; at++) {
                if (received.getInt(at + BATCH_LENGTH_AT) == batchEnd - at - BATCH_LENGTH_FROM
                        && received.get(at + MAGIC_AT) == MAGIC) {
                    return at;
                }
            }
            throw new IllegalStateException("first Produce: no batch (expected: one, at the end)");
        }
    }

    /** Where the frame ends that {@code buffer} begins with. */
    private static int frameEnd(ByteBuffer buffer) {
        int size = buffer.getInt(0);
        if (size < 0 || size > FRAME_BYTES_MAX - Integer.BYTES) {
            throw new IllegalStateException(
                    "frame: " + size + " bytes (expected: at most " + (FRAME_BYTES_MAX - Integer.BYTES) + ")");
        }
        return Integer.BYTES + size;
    }

    private static void writeFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
