package dev.barnabas.benchmark;

import dev.barnabas.broker.Broker;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Runs in a JVM of its own: starts and closes an in-memory broker a number of times and prints, for each, the
 * microseconds from {@code start()} to usable, from then to the first answer that a client gets, those of {@code close()},
 * and the threads the broker brought. Logging is set up before: it is the application's, and Logback takes as long as a
 * broker.
 */
public final class StartProbe {

    /** Length, ApiVersions (18) version 0, correlation id 1, client id "b". */
    private static final byte[] API_VERSIONS = {0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 1, 0, 1, 'b'};

    private StartProbe() {}

    public static void main(String[] args) throws IOException {
        String contender = args[0];
        int starts = Integer.parseInt(args[1]);
        LoggerFactory.getLogger(StartProbe.class);
        for (int i = 0; i < starts; i++) {
            int threadsBefore = liveThreads();
            long begin = System.nanoTime();
            Started broker = start(contender);
            long usable = System.nanoTime();
            int threads = liveThreads() - threadsBefore;
            long answerMicros = answerMicros(broker.bootstrapServers());
            long closing = System.nanoTime();
            close(broker.broker());
            long closed = System.nanoTime();
            System.out.printf(
                    "%d %d %d %d%n", (usable - begin) / 1_000, answerMicros, (closed - closing) / 1_000, threads);
        }
    }

    /** @param bootstrapServers null for what has no answers to give */
    private record Started(AutoCloseable broker, @Nullable String bootstrapServers) {}

    private static Started start(String contender) {
        switch (contender) {
            case "kafka":
                var kit = KafkaKit.start();
                return new Started(kit, kit.bootstrapServers());
            case "netty":
                return new Started(NettyServer.start(), null);
            default:
                var broker = Broker.builder().start();
                return new Started(broker, broker.bootstrapServers());
        }
    }

    /** From connecting to the answer; -1 if there is none to be had. */
    private static long answerMicros(@Nullable String bootstrapServers) throws IOException {
        if (bootstrapServers == null) {
            return -1;
        }
        int colon = bootstrapServers.lastIndexOf(':');
        int port = Integer.parseInt(bootstrapServers.substring(colon + 1));
        long begin = System.nanoTime();
        try (Socket socket = new Socket(bootstrapServers.substring(0, colon), port)) {
            socket.getOutputStream().write(API_VERSIONS);
            var in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[in.readInt()]);
            return (System.nanoTime() - begin) / 1_000;
        }
    }

    private static void close(AutoCloseable broker) {
        try {
            broker.close();
        } catch (Exception e) {
            throw new IllegalStateException("broker did not close", e);
        }
    }

    private static int liveThreads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() * 2 + 16];
        return root.enumerate(threads);
    }
}
