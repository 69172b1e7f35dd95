package dev.barnabas.benchmark;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Throughput of one idempotent acks=all producer on six partitions, and the broker's CPU for it. */
final class ProduceScenario implements Scenario {

    static final int PARTITIONS = 6;

    private final String name;
    private final int recordSize;
    private final String compression;
    private final int count;
    private final double warmUp;
    private final Map<String, String> settings;

    /**
     * @param bytes record values in the measured part
     * @param warmUp what comes before, as a multiple of that
     * @param settings broker properties
     */
    ProduceScenario(
            String name, int recordSize, String compression, long bytes, double warmUp, Map<String, String> settings) {
        this.name = name;
        this.recordSize = recordSize;
        this.compression = compression;
        this.count = (int) (bytes / recordSize);
        this.warmUp = warmUp;
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
    public Figures run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", PARTITIONS);
        try (var producer = Clients.producer(broker, Map.of("compression.type", compression))) {
            Clients.produce(producer, "load", PARTITIONS, (int) (count * warmUp), recordSize);
            double bytesBefore = sent(producer, "outgoing-byte-total");
            double requestsBefore = sent(producer, "request-total");
            Measurement measured = broker.begin();
            Clients.produce(producer, "load", PARTITIONS, count, recordSize);
            measured.end();
            double gigabytes = (double) count * recordSize / 1e9;
            var traffic = new Traffic(
                    Traffic.Direction.PRODUCE,
                    gigabytes,
                    warmUp,
                    (long) (sent(producer, "outgoing-byte-total") - bytesBefore),
                    (long) (sent(producer, "request-total") - requestsBefore),
                    (int) sent(producer, "batch-size-avg"),
                    1);
            Figures figures = Figures.of(
                            Metric.rate("throughput", "MB/s", gigabytes * 1_000 / measured.seconds()),
                            Metric.cost("resident after", "MB", broker.residentBytes() / 1e6),
                            Metric.cost("threads", "", (double) broker.threads()),
                            Metric.rate("request", "KB", traffic.frameBytes() / 1e3))
                    .and(measured.cpu("s/GB", 1 / gigabytes));
            // The floor does what a broker does by default: it leaves the bytes in the page cache.
            return settings.isEmpty() ? figures.with(traffic) : figures;
        }
    }

    private static double sent(KafkaProducer<?, ?> producer, String metric) {
        return Clients.metric(producer.metrics(), "producer-metrics", metric);
    }
}
