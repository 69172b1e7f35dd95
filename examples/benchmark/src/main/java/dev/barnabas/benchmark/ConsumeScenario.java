package dev.barnabas.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** Reads what lies in the page cache, with consumers that each read everything. */
final class ConsumeScenario implements Scenario {

    private static final int PARTITIONS = 6;
    private static final int RECORD_SIZE = 1_000;
    private static final int WARM_UP_READS = 2;

    private final String name;
    private final int consumers;
    private final int count;

    ConsumeScenario(String name, int consumers, long bytes) {
        this.name = name;
        this.consumers = consumers;
        this.count = (int) (bytes / RECORD_SIZE);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Metric> run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", PARTITIONS);
        try (var producer = Clients.producer(broker, Map.of())) {
            Clients.produce(producer, "load", PARTITIONS, count, RECORD_SIZE);
        }
        for (int i = 0; i < WARM_UP_READS; i++) {
            readAll(broker);
        }
        ExecutorService threads = Executors.newFixedThreadPool(consumers);
        try {
            double cpuBefore = broker.cpuSeconds();
            long begin = System.nanoTime();
            List<Callable<Integer>> reads = new ArrayList<>();
            for (int i = 0; i < consumers; i++) {
                reads.add(() -> readAll(broker));
            }
            for (Future<Integer> read : threads.invokeAll(reads)) {
                read.get();
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            double gigabytes = (double) consumers * count * RECORD_SIZE / 1e9;
            return List.of(
                    Metric.rate("throughput", "MB/s", gigabytes * 1_000 / seconds),
                    Metric.cost("broker CPU", "s/GB", (broker.cpuSeconds() - cpuBefore) / gigabytes),
                    Metric.cost("resident after", "MB", broker.residentBytes() / 1e6));
        } finally {
            threads.shutdown();
        }
    }

    private int readAll(BrokerProcess broker) {
        try (var consumer = Clients.consumer(broker, Map.of())) {
            consumer.assign(IntStream.range(0, PARTITIONS)
                    .mapToObj(p -> new TopicPartition("load", p))
                    .toList());
            int read = 0;
            while (read < count) {
                read += consumer.poll(Duration.ofSeconds(5)).count();
            }
            return read;
        }
    }
}
