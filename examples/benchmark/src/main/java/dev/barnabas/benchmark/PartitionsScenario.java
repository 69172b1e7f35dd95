package dev.barnabas.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Many partitions created, and the first record written to each as soon as the broker says that they exist. */
final class PartitionsScenario implements Scenario {

    private static final int WARM_UP_PARTITIONS = 10;
    private static final int WARM_UP_RECORDS = 10_000;
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
            Clients.announceTopic(broker, "many", partitions);
            double created = (System.nanoTime() - begin) / 1e9;
            writeToEach(producer);
            measured.end();
            return Figures.of(
                            Metric.cost("created", "s", created),
                            Metric.cost("created and written", "s", measured.seconds()),
                            Metric.cost("resident after", "MB", broker.residentBytes() / 1e6))
                    .and(measured.cpu("s", 1));
        }
    }

    private void writeToEach(KafkaProducer<byte[], byte[]> producer) throws ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> written = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            written.add(producer.send(new ProducerRecord<>("many", partition, null, new byte[RECORD_SIZE])));
        }
        for (Future<RecordMetadata> each : written) {
            each.get();
        }
    }
}
