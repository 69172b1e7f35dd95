package dev.barnabas.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Ten consumers join a group of twenty partitions; once each has its two, one leaves. */
final class GroupScenario implements Scenario {

    private static final int MEMBERS = 10;
    private static final int PARTITIONS = 20;

    @Override
    public String name() {
        return "group-10";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("group.initial.rebalance.delay.ms", "0");
    }

    @Override
    public List<Metric> run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", PARTITIONS);
        round(broker, "warm-up");
        double cpuBefore = broker.cpuSeconds();
        double[] seconds = round(broker, "measured");
        return List.of(
                Metric.cost("ten joined", "s", seconds[0]),
                Metric.cost("one left", "s", seconds[1]),
                Metric.cost("broker CPU", "ms", (broker.cpuSeconds() - cpuBefore) * 1_000));
    }

    private static double[] round(BrokerProcess broker, String group) throws InterruptedException {
        var owned = new AtomicIntegerArray(MEMBERS);
        List<AtomicBoolean> running = new ArrayList<>();
        var ended = new CountDownLatch(MEMBERS);
        ExecutorService threads = Executors.newFixedThreadPool(MEMBERS);
        long begin = System.nanoTime();
        for (int i = 0; i < MEMBERS; i++) {
            var run = new AtomicBoolean(true);
            running.add(run);
            int member = i;
            threads.execute(() -> {
                try (KafkaConsumer<byte[], byte[]> consumer =
                        Clients.consumer(broker, Map.of("group.id", group, "heartbeat.interval.ms", 100))) {
                    consumer.subscribe(List.of("load"));
                    while (run.get()) {
                        consumer.poll(Duration.ofMillis(20));
                        owned.set(member, consumer.assignment().size());
                    }
                    owned.set(member, 0);
                } finally {
                    ended.countDown();
                }
            });
        }
        awaitBalanced(owned, MEMBERS);
        double joined = (System.nanoTime() - begin) / 1e9;
        begin = System.nanoTime();
        running.get(0).set(false);
        awaitBalanced(owned, MEMBERS - 1);
        double left = (System.nanoTime() - begin) / 1e9;
        running.forEach(run -> run.set(false));
        ended.await(30, TimeUnit.SECONDS);
        threads.shutdown();
        return new double[] {joined, left};
    }

    private static void awaitBalanced(AtomicIntegerArray owned, int members) {
        while (true) {
            int total = 0;
            int owners = 0;
            for (int i = 0; i < owned.length(); i++) {
                total += owned.get(i);
                owners += owned.get(i) > 0 ? 1 : 0;
            }
            if (total == PARTITIONS && owners == members) {
                return;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000L);
        }
    }
}
