package dev.barnabas.benchmark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32C;

/**
 * The machine's limit: what {@link FloorServer} spends on moving the bytes that a scenario moved, in frames of the same
 * size, over as many connections, to or from files in the same place. What a broker costs above that is its own. This is the
 * clients' side of it; socket buffers and requests in flight are those of the Kafka clients.
 */
final class RawFloor {

    private static final int PRODUCER_SEND_BUFFER = 128 << 10;
    private static final int CONSUMER_RECEIVE_BUFFER = 64 << 10;
    private static final int IN_FLIGHT = 5;

    /** To send costs so little that the steps of {@code /proc/PID/stat} would show if it were not done again and again. */
    private static final int SENDS = 4;

    private final Traffic traffic;
    private final InetSocketAddress address;

    private RawFloor(Traffic traffic, InetSocketAddress address) {
        this.traffic = traffic;
        this.address = address;
    }

    /** CPU seconds a GB of record values, in a JVM of its own, after as long a warm-up as the scenario's. */
    static List<Metric> measure(Installation installation, Traffic traffic) throws Exception {
        try (FloorProcess server = FloorProcess.start(installation, FloorServer.class)) {
            var floor = new RawFloor(traffic, server.address());
            return floor.measure(server.pid()).cpu("s/GB", 1 / (traffic.gigabytes() * floor.repeats()));
        }
    }

    private Measurement measure(long pid) throws Exception {
        long frames = traffic.frames() / traffic.connections();
        move((long) Math.ceil(frames * traffic.warmUp()));
        Measurement measured = Measurement.begin(pid, null);
        move(frames * repeats());
        measured.end();
        return measured;
    }

    private int repeats() {
        return traffic.direction() == Traffic.Direction.CONSUME ? SENDS : 1;
    }

    /** Moves so many frames on each connection. */
    private void move(long frames) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(traffic.connections());
        try {
            List<Callable<Void>> connections = new ArrayList<>();
            for (int i = 0; i < traffic.connections(); i++) {
                connections.add(() -> {
                    connect(frames);
                    return null;
                });
            }
            for (Future<Void> each : threads.invokeAll(connections)) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private void connect(long frames) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean produce = traffic.direction() == Traffic.Direction.PRODUCE;
            if (produce) {
                channel.setOption(StandardSocketOptions.SO_SNDBUF, PRODUCER_SEND_BUFFER);
            } else {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, CONSUMER_RECEIVE_BUFFER);
            }
            channel.connect(address);
            channel.write(ByteBuffer.wrap(new byte[] {traffic.direction().code()}));
            if (produce) {
                send(channel, frames);
            } else {
                receive(channel, frames);
            }
        }
    }

    private void send(SocketChannel channel, long frames) throws IOException {
        ByteBuffer frame = frame(traffic.frameBytes(), traffic.partBytes());
        ByteBuffer ack = ByteBuffer.allocate(FloorServer.ACK_BYTES);
        for (long sent = 0, acked = 0; acked < frames; ) {
            if (sent < frames && sent - acked < IN_FLIGHT) {
                frame.rewind();
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
                sent++;
            } else {
                FloorServer.readFully(channel, ack.clear());
                acked++;
            }
        }
    }

    /** Length of the rest, then parts: length of the rest, CRC-32C of the rest, bytes. */
    private static ByteBuffer frame(int frameBytes, int partBytes) {
        int payload = frameBytes - Integer.BYTES;
        int parts = Math.max(1, Math.round((float) payload / partBytes));
        ByteBuffer frame = ByteBuffer.allocateDirect(frameBytes).putInt(payload);
        for (int part = 0; part < parts; part++) {
            int end = Integer.BYTES + (int) ((long) payload * (part + 1) / parts);
            int begin = frame.position();
            var crc = new CRC32C();
            crc.update(frame.duplicate()
                    .position(begin + FloorServer.PART_HEADER_BYTES)
                    .limit(end));
            frame.putInt(end - begin - Integer.BYTES)
                    .putInt((int) crc.getValue())
                    .position(end);
        }
        return frame;
    }

    private void receive(SocketChannel channel, long frames) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(FloorServer.REQUEST_BYTES);
        for (long frame = 0; frame < frames; frame++) {
            request.clear()
                    .putInt(traffic.frameBytes())
                    .putInt(traffic.partBytes())
                    .rewind();
            channel.write(request);
            // A new array for each response, as the consumer takes.
            FloorServer.readFully(channel, ByteBuffer.allocate(traffic.frameBytes()));
        }
    }
}
