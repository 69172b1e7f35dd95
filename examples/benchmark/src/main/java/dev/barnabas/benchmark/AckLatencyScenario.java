package dev.barnabas.benchmark;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One record in flight: from {@code send} to its acknowledgement, again and again. */
final class AckLatencyScenario implements Scenario {

    private static final int RECORD_SIZE = 100;

    /** Of a produce request with one such record. */
    private static final int REQUEST_BYTES = 260;

    private final String name;
    private final int count;
    private final double warmUp;
    private final Map<String, String> settings;

    /**
     * @param count requests measured
     * @param warmUp what comes before, as a multiple of that
     */
    AckLatencyScenario(String name, int count, double warmUp, Map<String, String> settings) {
        this.name = name;
        this.count = count;
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
        Clients.createTopic(broker, "load", 1);
        try (var producer = Clients.producer(broker, Map.of("linger.ms", 0))) {
            sendOneByOne(producer, (int) (count * warmUp), new Histogram(3));
            var nanos = new Histogram(3);
            Measurement measured = broker.begin();
            sendOneByOne(producer, count, nanos);
            measured.end();
            return Figures.of(
                            Metric.cost("p50", "us", nanos.getValueAtPercentile(50) / 1e3),
                            Metric.cost("p99", "us", nanos.getValueAtPercentile(99) / 1e3))
                    .and(measured.cpu("us/request", 1e6 / count))
                    .with(settings.isEmpty() ? new RoundTripFloor(REQUEST_BYTES, count, warmUp) : null);
        }
    }

    private void sendOneByOne(KafkaProducer<byte[], byte[]> producer, int times, Histogram nanos)
            throws ExecutionException, InterruptedException {
        byte[] value = new byte[RECORD_SIZE];
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            producer.send(new ProducerRecord<>("load", value)).get();
            nanos.recordValue(System.nanoTime() - begin);
        }
    }
}
