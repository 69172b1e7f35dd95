package dev.barnabas.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** From {@code send} to the record in the hands of a consumer that was already waiting for it. */
final class EndToEndLatencyScenario implements Scenario {

    private static final int WARM_UP = 10_000;
    private static final int COUNT = 20_000;

    @Override
    public String name() {
        return "end-to-end";
    }

    @Override
    public List<Metric> run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", 1);
        try (var producer = Clients.producer(broker, Map.of("linger.ms", 0));
                var consumer = Clients.consumer(broker, Map.of())) {
            consumer.assign(List.of(new TopicPartition("load", 0)));
            byte[] value = new byte[100];
            var nanos = new Histogram(3);
            double cpuBefore = 0;
            for (int i = 0; i < WARM_UP + COUNT; i++) {
                if (i == WARM_UP) {
                    nanos.reset();
                    cpuBefore = broker.cpuSeconds();
                }
                long begin = System.nanoTime();
                producer.send(new ProducerRecord<>("load", value));
                int received = 0;
                while (received == 0) {
                    received = consumer.poll(Duration.ofSeconds(5)).count();
                }
                nanos.recordValue(System.nanoTime() - begin);
            }
            return List.of(
                    Metric.cost("p50", "us", nanos.getValueAtPercentile(50) / 1e3),
                    Metric.cost("p99", "us", nanos.getValueAtPercentile(99) / 1e3),
                    Metric.cost("broker CPU", "us/record", (broker.cpuSeconds() - cpuBefore) * 1e6 / COUNT));
        }
    }
}
