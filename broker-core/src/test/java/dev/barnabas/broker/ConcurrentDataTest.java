package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Producers and waiting consumers on the same partitions at the same time, over real lanes and threads. */
@Timeout(60)
class ConcurrentDataTest {

    private static final int PARTITIONS = 12;
    private static final int PRODUCERS = 3;
    private static final int CONSUMERS = 3;
    private static final int RECORDS = 2_000;

    @Test
    void everyConsumerSeesEveryRecordOnceAndInItsProducersOrder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS + CONSUMERS);
        try (Broker broker = Broker.builder().topic("orders", PARTITIONS).start()) {
            List<Future<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < CONSUMERS; i++) {
                int minBytes = i == 0 ? 1 : 5_000;
                tasks.add(threads.submit(consume(broker, minBytes)));
            }
            for (int i = 0; i < PRODUCERS; i++) {
                int producer = i;
                tasks.add(threads.submit(produce(broker, producer)));
            }
            for (Future<Void> task : tasks) {
                task.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Callable<Void> produce(Broker broker, int key) {
        Map<String, Object> settings = new HashMap<>(broker.clientConfig());
        settings.put("batch.size", 500);
        return () -> {
            try (var producer =
                    new KafkaProducer<Integer, Integer>(settings, new IntegerSerializer(), new IntegerSerializer())) {
                for (int i = 0; i < RECORDS; i++) {
                    producer.send(new ProducerRecord<>("orders", i % PARTITIONS, key, i));
                }
            }
            return null;
        };
    }

    private static Callable<Void> consume(Broker broker, int minBytes) {
        Map<String, Object> settings = new HashMap<>(broker.clientConfig());
        settings.put("fetch.min.bytes", minBytes);
        settings.put("fetch.max.wait.ms", 50);
        return () -> {
            try (var consumer = new KafkaConsumer<Integer, Integer>(
                    settings, new IntegerDeserializer(), new IntegerDeserializer())) {
                List<TopicPartition> all = new ArrayList<>();
                for (int i = 0; i < PARTITIONS; i++) {
                    all.add(new TopicPartition("orders", i));
                }
                consumer.assign(all);
                consumer.seekToBeginning(all);
                int[][] next = new int[PRODUCERS][PARTITIONS];
                for (int seen = 0; seen < PRODUCERS * RECORDS; ) {
                    for (var record : consumer.poll(Duration.ofMillis(100))) {
                        int expected = next[record.key()][record.partition()] * PARTITIONS + record.partition();
                        assertThat(record.value()).isEqualTo(expected);
                        next[record.key()][record.partition()]++;
                        seen++;
                    }
                }
            }
            return null;
        };
    }
}
