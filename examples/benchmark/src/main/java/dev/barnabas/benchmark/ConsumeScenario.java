package dev.barnabas.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads what lies in the page cache three times: by one consumer after the other, or by three at once. */
final class ConsumeScenario implements Scenario {

    private static final int PARTITIONS = ProduceScenario.PARTITIONS;
    private static final int READS = 3;

    /** What a response holds of one partition at most, unless a consumer asks for another size. */
    private static final int PARTITION_FETCH_BYTES = 1 << 20;

    private final String name;
    private final int recordSize;
    private final String compression;
    private final int consumers;
    private final int count;
    private final int warmUpReads;

    /**
     * @param bytes record values in the topic
     * @param warmUp what is read before, as a multiple of the three reads; at least one read
     * @param consumers 1 or 3 at once, each of which reads all of it
     */
    ConsumeScenario(String name, int recordSize, String compression, long bytes, double warmUp, int consumers) {
        this.name = name;
        this.recordSize = recordSize;
        this.compression = compression;
        this.warmUpReads = Math.max(1, (int) Math.round(READS * warmUp));
        this.consumers = consumers;
        this.count = (int) (bytes / recordSize);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Figures run(BrokerProcess broker) throws Exception {
        Clients.createTopic(broker, "load", PARTITIONS);
        try (var producer = Clients.producer(broker, Map.of("compression.type", compression))) {
            Clients.produce(producer, "load", PARTITIONS, count, recordSize);
        }
        List<KafkaConsumer<byte[], byte[]>> warmUp = open(broker, warmUpReads);
        readAll(warmUp, consumers);
        warmUp.forEach(KafkaConsumer::close);
        // Opened before and closed after, so that neither is measured.
        List<KafkaConsumer<byte[], byte[]>> readers = open(broker, READS);
        Measurement measured = broker.begin();
        readAll(readers, consumers);
        measured.end();
        double gigabytes = (double) READS * count * recordSize / 1e9;
        Traffic traffic = traffic(readers, gigabytes);
        readers.forEach(KafkaConsumer::close);
        return Figures.of(
                        Metric.rate("throughput", "MB/s", gigabytes * 1_000 / measured.seconds()),
                        Metric.cost("resident after", "MB", broker.residentBytes() / 1e6),
                        Metric.rate("response", "KB", traffic.frameBytes() / 1e3))
                .and(measured.cpu("s/GB", 1 / gigabytes))
                .with(traffic);
    }

    private static List<KafkaConsumer<byte[], byte[]>> open(BrokerProcess broker, int readers) {
        List<KafkaConsumer<byte[], byte[]>> opened = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            opened.add(Clients.consumer(broker, Map.of()));
        }
        return opened;
    }

    /** Lets each of {@code readers} read everything, {@code atOnce} of them at a time. */
    private void readAll(List<KafkaConsumer<byte[], byte[]>> readers, int atOnce) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            List<Callable<Integer>> reads = new ArrayList<>();
            readers.forEach(reader -> reads.add(() -> readAll(reader)));
            for (Future<Integer> read : threads.invokeAll(reads)) {
                read.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private int readAll(KafkaConsumer<byte[], byte[]> reader) {
        reader.assign(IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new TopicPartition("load", p))
                .toList());
        int read = 0;
        while (read < count) {
            read += reader.poll(Duration.ofSeconds(5)).count();
        }
        return read;
    }

    private Traffic traffic(List<KafkaConsumer<byte[], byte[]>> readers, double gigabytes) {
        return new Traffic(
                Traffic.Direction.CONSUME,
                gigabytes,
                (double) warmUpReads / READS,
                (long) sum(readers, "consumer-metrics", "incoming-byte-total"),
                (long) sum(readers, "consumer-fetch-manager-metrics", "fetch-total"),
                PARTITION_FETCH_BYTES,
                consumers);
    }

    private static double sum(List<KafkaConsumer<byte[], byte[]>> readers, String group, String metric) {
        return readers.stream()
                .mapToDouble(reader -> Clients.metric(reader.metrics(), group, metric))
                .sum();
    }
}
