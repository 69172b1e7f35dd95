package dev.barnabas.benchmark;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.HdrHistogram.Histogram;

/**
 * One request in flight: a thread hands it to the one that owns the connection, as every producer does, which sends it and
 * waits for the server to write it and to answer.
 *
 * @param requestBytes bytes of each, the length in front included
 * @param count requests measured
 * @param warmUp what comes before, as a multiple of that
 */
record RoundTripFloor(int requestBytes, int count, double warmUp) implements Floor {

    @Override
    public List<Metric> measure(Installation installation) throws Exception {
        try (FloorProcess server = FloorProcess.start(installation);
                SocketChannel channel = SocketChannel.open(server.address())) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.write(ByteBuffer.wrap(new byte[] {Traffic.Direction.PRODUCE.code()}));
            BlockingQueue<ByteBuffer> requests = new LinkedBlockingQueue<>();
            BlockingQueue<ByteBuffer> acks = new LinkedBlockingQueue<>();
            Thread io = new Thread(() -> exchange(channel, requests, acks), "floor-client");
            io.setDaemon(true);
            io.start();
            ByteBuffer request = RawFloor.frame(requestBytes, requestBytes);
            oneByOne(request, (int) (count * warmUp), requests, acks, new Histogram(3));
            var nanos = new Histogram(3);
            Measurement measured = Measurement.begin(server.pid(), null);
            oneByOne(request, count, requests, acks, nanos);
            measured.end();
            List<Metric> metrics = new ArrayList<>(List.of(
                    Metric.cost("p50", "us", nanos.getValueAtPercentile(50) / 1e3),
                    Metric.cost("p99", "us", nanos.getValueAtPercentile(99) / 1e3)));
            metrics.addAll(measured.cpu("us/request", 1e6 / count));
            return metrics;
        }
    }

    private static void oneByOne(
            ByteBuffer request,
            int times,
            BlockingQueue<ByteBuffer> requests,
            BlockingQueue<ByteBuffer> acks,
            Histogram nanos)
            throws InterruptedException {
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            requests.put(request);
            acks.take();
            nanos.recordValue(System.nanoTime() - begin);
        }
    }

    /** On the connection's own thread, until the connection is closed. */
    private static void exchange(
            SocketChannel channel, BlockingQueue<ByteBuffer> requests, BlockingQueue<ByteBuffer> acks) {
        ByteBuffer ack = ByteBuffer.allocateDirect(FloorServer.ACK_BYTES);
        try {
            while (channel.isOpen()) {
                ByteBuffer request = requests.take().rewind();
                while (request.hasRemaining()) {
                    channel.write(request);
                }
                FloorServer.readFully(channel, ack.clear());
                acks.put(ack);
            }
        } catch (IOException e) {
            throw new IllegalStateException("floor", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
