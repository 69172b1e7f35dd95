package dev.barnabas.benchmark;

import dev.barnabas.broker.Broker;
import org.slf4j.LoggerFactory;

/**
 * Runs in a JVM of its own: starts and closes an in-memory broker a number of times and prints, for each, the
 * microseconds from {@code start()} to usable, those of {@code close()}, and the threads the broker brought. Logging is
 * set up before: it is the application's, and Logback takes as long as a broker.
 */
public final class StartProbe {

    private StartProbe() {}

    public static void main(String[] args) {
        String contender = args[0];
        int starts = Integer.parseInt(args[1]);
        LoggerFactory.getLogger(StartProbe.class);
        for (int i = 0; i < starts; i++) {
            int threadsBefore = liveThreads();
            long begin = System.nanoTime();
            AutoCloseable broker = start(contender);
            long usable = System.nanoTime();
            int threads = liveThreads() - threadsBefore;
            long closing = System.nanoTime();
            close(broker);
            long closed = System.nanoTime();
            System.out.printf("%d %d %d%n", (usable - begin) / 1_000, (closed - closing) / 1_000, threads);
        }
    }

    private static AutoCloseable start(String contender) {
        return switch (contender) {
            case "kafka" -> KafkaKit.start();
            case "netty" -> NettyServer.start();
            default -> Broker.builder().start();
        };
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
