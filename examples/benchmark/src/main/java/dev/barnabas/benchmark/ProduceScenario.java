package dev.barnabas.benchmark;

import java.util.List;
import java.util.Map;

/** Throughput of one idempotent acks=all producer on six partitions, and the broker's CPU for it. */
final class ProduceScenario implements Scenario {

    private static final int PARTITIONS = 6;

    private final String name;
    private final int recordSize;
    private final String compression;
    private final long bytes;
    private final Map<String, String> settings;

    ProduceScenario(String name, int recordSize, String compression, long bytes, Map<String, String> settings) {
        this.name = name;
        this.recordSize = recordSize;
        this.compression = compression;
        this.bytes = bytes;
        this.settings = settings;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public List<Metric> run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", PARTITIONS);
        int count = (int) (bytes / recordSize);
        try (var producer = Clients.producer(broker, Map.of("compression.type", compression))) {
            Clients.produce(producer, "load", PARTITIONS, count / 3, recordSize);
            double cpuBefore = broker.cpuSeconds();
            long begin = System.nanoTime();
            Clients.produce(producer, "load", PARTITIONS, count, recordSize);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double cpu = broker.cpuSeconds() - cpuBefore;
            double gigabytes = (double) count * recordSize / 1e9;
            return List.of(
                    Metric.rate("throughput", "MB/s", gigabytes * 1_000 / seconds),
                    Metric.cost("broker CPU", "s/GB", cpu / gigabytes),
                    Metric.cost("resident after", "MB", broker.residentBytes() / 1e6),
                    Metric.cost("threads", "", broker.threads()));
        }
    }
}
