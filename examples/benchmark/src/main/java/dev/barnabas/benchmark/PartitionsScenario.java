package dev.barnabas.benchmark;

import java.util.List;
import java.util.Map;

/** A thousand partitions created, and the first record written to each. */
final class PartitionsScenario implements Scenario {

    private static final int PARTITIONS = 1_000;

    @Override
    public String name() {
        return "partitions-1000";
    }

    @Override
    public List<Metric> run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "warm-up", 10);
        try (var producer = Clients.producer(broker, Map.of())) {
            Clients.produce(producer, "warm-up", 10, 1_000, 100);
            double cpuBefore = broker.cpuSeconds();
            long begin = System.nanoTime();
            Clients.createTopic(broker, "many", PARTITIONS);
            double created = (System.nanoTime() - begin) / 1e9;
            Clients.produce(producer, "many", PARTITIONS, PARTITIONS * 16, 100);
            double written = (System.nanoTime() - begin) / 1e9;
            return List.of(
                    Metric.cost("created", "s", created),
                    Metric.cost("created and written", "s", written),
                    Metric.cost("broker CPU", "s", broker.cpuSeconds() - cpuBefore),
                    Metric.cost("resident after", "MB", broker.residentBytes() / 1e6));
        }
    }
}
