package dev.barnabas.benchmark;

import dev.barnabas.broker.Broker;
import java.util.Arrays;

/**
 * Runs in a JVM of its own: starts and closes an in-memory broker a number of times and prints, for each, the
 * microseconds from {@code start()} to usable, those of {@code close()}, and the threads the broker brought.
 */
public final class StartProbe {

    private StartProbe() {}

    public static void main(String[] args) {
        String contender = args[0];
        int starts = Integer.parseInt(args[1]);
        for (int i = 0; i < starts; i++) {
            int threadsBefore = liveThreads();
            long begin = System.nanoTime();
            AutoCloseable broker = contender.equals("kafka")
                    ? KafkaKit.start()
                    : Broker.builder().start();
            long usable = System.nanoTime();
            int threads = liveThreads() - threadsBefore;
            long closing = System.nanoTime();
            close(broker);
            long closed = System.nanoTime();
            System.out.printf("%d %d %d%n", (usable - begin) / 1_000, (closed - closing) / 1_000, threads);
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
        int count = root.enumerate(threads);
        return (int) Arrays.stream(threads, 0, count).filter(Thread::isAlive).count();
    }
}
