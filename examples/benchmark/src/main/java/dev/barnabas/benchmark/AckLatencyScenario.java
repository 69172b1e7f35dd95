package dev.barnabas.benchmark;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One record in flight: from {@code send} to its acknowledgement, again and again. */
final class AckLatencyScenario implements Scenario {

    static final String TOPIC = "load";

    private static final int RECORD_SIZE = 100;

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
        Clients.createTopic(broker, TOPIC, 1);
        Figures figures = measure(broker.bootstrapServers(), broker::begin);
        // The floor does what a broker does by default: it leaves the bytes in the page cache.
        return settings.isEmpty() ? figures.with(this::measureFloor) : figures;
    }

    /** The same producer at the least of a broker. */
    private List<Metric> measureFloor(Installation installation) throws Exception {
        try (FloorProcess server = FloorProcess.start(installation, AckFloorServer.class)) {
            return measure(server.bootstrapServers(), () -> Measurement.begin(server.pid(), null))
                    .metrics();
        }
    }

    /** @param begin begins the measured part, after the warm-up */
    private Figures measure(String bootstrapServers, Supplier<Measurement> begin)
            throws ExecutionException, InterruptedException {
        try (var producer = Clients.producer(bootstrapServers, Map.of("linger.ms", 0))) {
            sendOneByOne(producer, (int) (count * warmUp), new Histogram(3));
            var nanos = new Histogram(3);
            Measurement measured = begin.get();
            sendOneByOne(producer, count, nanos);
            measured.end();
            return Figures.of(
                            Metric.cost("p50", "us", nanos.getValueAtPercentile(50) / 1e3),
                            Metric.cost("p99", "us", nanos.getValueAtPercentile(99) / 1e3))
                    .and(measured.cpu("us/request", 1e6 / count));
        }
    }

    private void sendOneByOne(KafkaProducer<byte[], byte[]> producer, int times, Histogram nanos)
            throws ExecutionException, InterruptedException {
        byte[] value = new byte[RECORD_SIZE];
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            producer.send(new ProducerRecord<>(TOPIC, value)).get();
            nanos.recordValue(System.nanoTime() - begin);
        }
    }
}
