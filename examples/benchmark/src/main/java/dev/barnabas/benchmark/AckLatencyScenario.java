package dev.barnabas.benchmark;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One record in flight: from {@code send} to its acknowledgement, again and again. */
final class AckLatencyScenario implements Scenario {

    private static final int WARM_UP = 20_000;

    private final String name;
    private final int count;
    private final Map<String, String> settings;

    AckLatencyScenario(String name, int count, Map<String, String> settings) {
        this.name = name;
        this.count = count;
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
        Clients.createTopic(broker, "load", 1);
        try (var producer = Clients.producer(broker, Map.of("linger.ms", 0))) {
            byte[] value = new byte[100];
            for (int i = 0; i < Math.min(WARM_UP, count); i++) {
                producer.send(new ProducerRecord<>("load", value)).get();
            }
            var nanos = new Histogram(3);
            double cpuBefore = broker.cpuSeconds();
            for (int i = 0; i < count; i++) {
                long begin = System.nanoTime();
                producer.send(new ProducerRecord<>("load", value)).get();
                nanos.recordValue(System.nanoTime() - begin);
            }
            double cpu = broker.cpuSeconds() - cpuBefore;
            return List.of(
                    Metric.cost("p50", "us", nanos.getValueAtPercentile(50) / 1e3),
                    Metric.cost("p99", "us", nanos.getValueAtPercentile(99) / 1e3),
                    Metric.cost("broker CPU", "us/request", cpu * 1e6 / count));
        }
    }
}
