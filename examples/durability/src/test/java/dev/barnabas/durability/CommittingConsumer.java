package dev.barnabas.durability;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member of a group that reads, commits and remembers which commits were acknowledged. Each partition must come without
 * a gap and without a step back, unless it was lost and assigned again.
 */
final class CommittingConsumer implements AutoCloseable {

    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private final Map<TopicPartition, Long> acknowledged = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> attempted = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> expected = new HashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    private volatile long commits;
    private volatile long records;

    CommittingConsumer(String group, Map<String, Object> client, String topic) {
        this.consumer =
                new KafkaConsumer<>(config(group, client), new StringDeserializer(), new ByteArrayDeserializer());
        this.consumer.subscribe(List.of(topic), new Restart());
        this.thread = new Thread(this::run, "committing-consumer");
        thread.start();
    }

    static Map<String, Object> config(String group, Map<String, Object> client) {
        Map<String, Object> config = new HashMap<>(client);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return config;
    }

    private void run() {
        try {
            while (!stopped) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    check(record);
                }
                if (!expected.isEmpty()) {
                    commit();
                }
            }
        } catch (KafkaException | IllegalStateException e) {
            failures.add("consumer: " + e);
        } finally {
            consumer.close();
        }
    }

    private void check(ConsumerRecord<String, byte[]> record) {
        var partition = new TopicPartition(record.topic(), record.partition());
        Long next = expected.put(partition, record.offset() + 1);
        if (next != null && next != record.offset()) {
            failures.add("consumer: " + partition + " offset: " + record.offset() + " (expected: " + next + ")");
        }
        records++;
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> offsets = expected.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> new OffsetAndMetadata(entry.getValue())));
        attempted.putAll(expected);
        try {
            consumer.commitSync(offsets);
            acknowledged.putAll(expected);
            commits++;
        } catch (TimeoutException | RebalanceInProgressException e) {
            return; // not acknowledged; the next poll goes on, and so does the next commit
        }
    }

    private final class Restart implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            for (TopicPartition partition : partitions) {
                expected.remove(partition);
                OffsetAndMetadata offset = committed.get(partition);
                long least = acknowledged.getOrDefault(partition, 0L);
                if ((offset == null ? 0 : offset.offset()) < least) {
                    failures.add("consumer: " + partition + " committed: " + offset + " (expected: " + least + ")");
                }
            }
        }
    }

    /** The newest acknowledged commit of each partition. */
    Map<TopicPartition, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    /** The newest commit of each partition that was sent. */
    Map<TopicPartition, Long> attempted() {
        return Map.copyOf(attempted);
    }

    long commits() {
        return commits;
    }

    long records() {
        return records;
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Leaves the group. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join(60_000);
        if (thread.isAlive()) {
            throw new IllegalStateException("consumer: runs (expected: stopped)");
        }
    }
}
