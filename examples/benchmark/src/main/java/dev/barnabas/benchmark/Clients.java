package dev.barnabas.benchmark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The unmodified clients, with their own defaults except where a scenario says otherwise. */
final class Clients {

    /** Values are cut out of this block, so that no time goes into making them, and lz4 finds something to do. */
    private static final int BLOCK = 1 << 20;

    private Clients() {}

    static KafkaProducer<byte[], byte[]> producer(BrokerProcess broker, Map<String, Object> overrides) {
        return producer(broker.bootstrapServers(), overrides);
    }

    static KafkaProducer<byte[], byte[]> producer(String bootstrapServers, Map<String, Object> overrides) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.putAll(overrides);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(BrokerProcess broker, Map<String, Object> overrides) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", broker.bootstrapServers());
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        config.putAll(overrides);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Creates a topic and returns when its partitions are served: a producer with several requests in flight to one that
     * Apache Kafka has announced but does not serve yet can get its sequences out of order for good.
     */
    static void createTopic(BrokerProcess broker, String topic, int partitions)
            throws ExecutionException, InterruptedException {
        announceTopic(broker, topic, partitions);
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        broker.admin().listOffsets(ends).all().get();
    }

    /** Creates a topic and returns when the broker says that it has. */
    static void announceTopic(BrokerProcess broker, String topic, int partitions)
            throws ExecutionException, InterruptedException {
        broker.admin()
                .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    /** One of a client's own figures, without tags but the client's id. */
    static double metric(Map<MetricName, ? extends Metric> metrics, String group, String name) {
        for (var metric : metrics.values()) {
            MetricName is = metric.metricName();
            if (is.group().equals(group) && is.name().equals(name) && is.tags().size() == 1) {
                return (double) metric.metricValue();
            }
        }
        throw new IllegalStateException("client metric: none (expected: " + group + " " + name + ")");
    }

    /** Sends {@code count} records round robin over the partitions and waits until all are acknowledged. */
    static void produce(KafkaProducer<byte[], byte[]> producer, String topic, int partitions, int count, int size) {
        byte[] block = textBlock();
        Queue<Exception> failures = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[size];
            System.arraycopy(block, (int) ((long) i * 31 % (BLOCK - size)), value, 0, size);
            // Sixteen in a row to each partition, as a keyless producer's sticky partitioner would send them.
            var record = new ProducerRecord<byte[], byte[]>(topic, i / 16 % partitions, null, value);
            Future<?> unused = producer.send(record, (metadata, error) -> {
                if (error != null) {
                    failures.add(error);
                }
            });
        }
        producer.flush();
        if (!failures.isEmpty()) {
            throw new IllegalStateException(
                    "records not delivered: " + failures.size() + " (expected: 0)", failures.peek());
        }
    }

    /** Words, which compress about as well as real logs and JSON do. */
    private static byte[] textBlock() {
        var random = new Random(42);
        byte[] block = new byte[BLOCK];
        int i = 0;
        while (i < BLOCK) {
            int word = random.nextInt(2_000);
            for (int k = 0; k < 3 + word % 7 && i < BLOCK; k++) {
                block[i++] = (byte) ('a' + (word * 31 + k * 17) % 26);
            }
            if (i < BLOCK) {
                block[i++] = ' ';
            }
        }
        return block;
    }
}
