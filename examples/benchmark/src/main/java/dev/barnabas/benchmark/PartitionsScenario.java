package dev.barnabas.benchmark;

import java.util.Map;

/** Many partitions created, and the first records written to each. */
final class PartitionsScenario implements Scenario {

    private static final int WARM_UP_PARTITIONS = 10;
    private static final int WARM_UP_RECORDS = 10_000;
    private static final int RECORDS_EACH = 16;
    private static final int RECORD_SIZE = 100;

    private final int partitions;

    PartitionsScenario(int partitions) {
        this.partitions = partitions;
    }

    @Override
    public String name() {
        return "partitions-" + partitions;
    }

    @Override
    public Figures run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "warm-up", WARM_UP_PARTITIONS);
        try (var producer = Clients.producer(broker, Map.of())) {
            Clients.produce(producer, "warm-up", WARM_UP_PARTITIONS, WARM_UP_RECORDS, RECORD_SIZE);
            Measurement measured = broker.begin();
            long begin = System.nanoTime();
            Clients.createTopic(broker, "many", partitions);
            double created = (System.nanoTime() - begin) / 1e9;
            Clients.produce(producer, "many", partitions, partitions * RECORDS_EACH, RECORD_SIZE);
            measured.end();
            return Figures.of(
                            Metric.cost("created", "s", created),
                            Metric.cost("created and written", "s", measured.seconds()),
                            Metric.cost("resident after", "MB", broker.residentBytes() / 1e6))
                    .and(measured.cpu("s", 1));
        }
    }
}
