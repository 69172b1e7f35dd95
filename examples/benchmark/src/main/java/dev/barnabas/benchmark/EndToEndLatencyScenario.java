package dev.barnabas.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * From {@code send} to the record in the hands of a consumer that was already waiting for it: its next fetch is with the
 * broker before {@code poll} returns the record before.
 */
final class EndToEndLatencyScenario implements Scenario {

    private static final int RECORD_SIZE = 100;

    private final int count;
    private final double warmUp;

    /**
     * @param count records measured
     * @param warmUp what comes before, as a multiple of that
     */
    EndToEndLatencyScenario(int count, double warmUp) {
        this.count = count;
        this.warmUp = warmUp;
    }

    @Override
    public String name() {
        return "end-to-end";
    }

    @Override
    public Figures run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", 1);
        try (var producer = Clients.producer(broker, Map.of("linger.ms", 0));
                var consumer = Clients.consumer(broker, Map.of())) {
            consumer.assign(List.of(new TopicPartition("load", 0)));
            sendAndReceive(producer, consumer, (int) (count * warmUp), new Histogram(3));
            var nanos = new Histogram(3);
            Measurement measured = broker.begin();
            sendAndReceive(producer, consumer, count, nanos);
            measured.end();
            return Figures.of(
                            Metric.cost("p50", "us", nanos.getValueAtPercentile(50) / 1e3),
                            Metric.cost("p99", "us", nanos.getValueAtPercentile(99) / 1e3))
                    .and(measured.cpu("us/record", 1e6 / count));
        }
    }

    private void sendAndReceive(
            KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer, int times, Histogram nanos)
            throws ExecutionException, InterruptedException {
        byte[] value = new byte[RECORD_SIZE];
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("load", value));
            while (consumer.poll(Duration.ofSeconds(5)).isEmpty()) {
                // Throws if the record was not delivered.
                sent.get();
            }
            nanos.recordValue(System.nanoTime() - begin);
        }
    }
}
