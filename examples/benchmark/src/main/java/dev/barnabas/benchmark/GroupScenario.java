package dev.barnabas.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Ten consumers join a group of twenty partitions; once each has its two, one leaves. They ask every 100 ms whether the
 * group rebalances, instead of every 3 s, so that the broker's part is not lost in the wait.
 */
final class GroupScenario implements Scenario {

    private static final int MEMBERS = 10;
    private static final int PARTITIONS = 20;
    private static final long BALANCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private final int groups;

    /** @param groups groups that are measured, one after the other; one comes before as warm-up */
    GroupScenario(int groups) {
        this.groups = groups;
    }

    @Override
    public String name() {
        return "group-10";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("group.initial.rebalance.delay.ms", "0");
    }

    @Override
    public Figures run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", PARTITIONS);
        joinAndLeave(broker, "warm-up");
        double[] joined = new double[groups];
        double[] left = new double[groups];
        Measurement measured = broker.begin();
        for (int i = 0; i < groups; i++) {
            double[] seconds = joinAndLeave(broker, "group-" + i);
            joined[i] = seconds[0];
            left[i] = seconds[1];
        }
        measured.end();
        return Figures.of(
                        Metric.cost("ten joined", "s", Median.of(joined)),
                        Metric.cost("one left", "s", Median.of(left)))
                .and(measured.cpu("ms/group", 1e3 / groups));
    }

    /** Returns the seconds until ten had joined, and those until one had left. */
    private static double[] joinAndLeave(BrokerProcess broker, String group) throws Exception {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(new Member());
        }
        ExecutorService threads = Executors.newFixedThreadPool(MEMBERS);
        try {
            long begin = System.nanoTime();
            List<Future<?>> running = new ArrayList<>();
            members.forEach(member -> running.add(threads.submit(() -> member.consume(broker, group))));
            awaitBalance(members, running);
            double joined = (System.nanoTime() - begin) / 1e9;
            begin = System.nanoTime();
            members.get(0).running = false;
            awaitBalance(members.subList(1, MEMBERS), running);
            double left = (System.nanoTime() - begin) / 1e9;
            members.forEach(member -> member.running = false);
            for (Future<?> each : running) {
                each.get(1, TimeUnit.MINUTES);
            }
            return new double[] {joined, left};
        } finally {
            members.forEach(member -> member.running = false);
            threads.shutdown();
        }
    }

    /** Returns when {@code members} share all partitions, none without one. */
    private static void awaitBalance(List<Member> members, List<Future<?>> running) throws Exception {
        long begin = System.nanoTime();
        while (!isBalanced(members)) {
            for (Future<?> each : running) {
                if (each.isDone()) {
                    each.get();
                }
            }
            if (System.nanoTime() - begin > BALANCE_NANOS_MAX) {
                int[] owned = members.stream().mapToInt(member -> member.owned).toArray();
                throw new TimeoutException("partitions by member: " + Arrays.toString(owned) + " (expected: all "
                        + PARTITIONS + ", none without)");
            }
            LockSupport.parkNanos(1_000_000L);
        }
    }

    private static boolean isBalanced(List<Member> members) {
        int total = members.stream().mapToInt(member -> member.owned).sum();
        return total == PARTITIONS && members.stream().allMatch(member -> member.owned > 0);
    }

    /** One consumer, on a thread of its own. */
    private static final class Member {
        private volatile boolean running = true;
        private volatile int owned;

        void consume(BrokerProcess broker, String group) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    Clients.consumer(broker, Map.of("group.id", group, "heartbeat.interval.ms", 100))) {
                consumer.subscribe(List.of("load"));
                while (running) {
                    consumer.poll(Duration.ofMillis(20));
                    owned = consumer.assignment().size();
                }
            }
        }
    }
}
