package dev.barnabas.durability;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * An idempotent producer that writes to each of its partitions the numbers 0, 1, 2, ... and remembers where each was
 * acknowledged. The record's key is one of {@value #KEYS} of the producer's own, taken in turn; its value begins with the
 * number. It sends a burst every few milliseconds, from a thread of its own, until it is stopped, and never gives a record up.
 */
final class SequencedProducer implements AutoCloseable {

    static final int KEYS = 20;

    private static final int BURST_RECORDS = 12;
    private static final long BURST_EVERY_MS = 6;
    private static final int PADDING_BYTES_MAX = 900;

    /** What became of the numbers of one partition; guarded by itself. */
    static final class Progress {
        private final List<Long> offsets = new ArrayList<>();
        private int sent;
        private int acknowledged;

        private synchronized int next() {
            offsets.add(-1L);
            return sent++;
        }

        private synchronized void onAcknowledged(int number, long offset) {
            offsets.set(number, offset);
            acknowledged++;
        }

        synchronized int sent() {
            return sent;
        }

        synchronized int acknowledged() {
            return acknowledged;
        }

        /** Offset at which a number was acknowledged; -1 if it was not. */
        synchronized long offset(int number) {
            return offsets.get(number);
        }
    }

    private final String name;
    private final KafkaProducer<String, byte[]> producer;
    private final Map<TopicPartition, Progress> partitions = new HashMap<>();
    private final Random random;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean abandoned;

    SequencedProducer(
            String name, Map<String, Object> client, String compression, List<TopicPartition> partitions, long seed) {
        this.name = name;
        this.random = new Random(seed);
        for (TopicPartition partition : partitions) {
            this.partitions.put(partition, new Progress());
        }
        Map<String, Object> config = new HashMap<>(client);
        config.put(ProducerConfig.CLIENT_ID_CONFIG, name);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 4 << 20);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 120_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
        this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
        thread.scheduleWithFixedDelay(this::sendBurst, 0, BURST_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void sendBurst() {
        try {
            List<TopicPartition> all = List.copyOf(partitions.keySet());
            for (int i = 0; i < BURST_RECORDS; i++) {
                send(all.get(random.nextInt(all.size())));
            }
        } catch (RuntimeException e) {
            onFailure("burst", e);
        }
    }

    private void send(TopicPartition partition) {
        Progress progress = partitions.get(partition);
        int number = progress.next();
        byte[] padding = new byte[random.nextInt(PADDING_BYTES_MAX)];
        random.nextBytes(padding);
        byte[] value = ByteBuffer.allocate(Integer.BYTES + padding.length)
                .putInt(number)
                .put(padding)
                .array();
        producer.send(
                new ProducerRecord<>(partition.topic(), partition.partition(), name + "/" + number % KEYS, value),
                (metadata, error) -> onAnswer(progress, number, metadata, error));
    }

    private void onAnswer(Progress progress, int number, RecordMetadata metadata, @Nullable Exception error) {
        if (error == null) {
            progress.onAcknowledged(number, metadata.offset());
        } else {
            onFailure("number " + number, error);
        }
    }

    private void onFailure(String what, Exception error) {
        if (!abandoned) {
            failures.add(name + ": " + what + ": " + error);
        }
    }

    String name() {
        return name;
    }

    /** The name of the producer whose key this is. */
    static String nameOf(String key) {
        return key.substring(0, key.indexOf('/'));
    }

    Map<TopicPartition, Progress> partitions() {
        return partitions;
    }

    /** Sends and batches that failed; there should be none. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    long acknowledged() {
        return partitions.values().stream().mapToLong(Progress::acknowledged).sum();
    }

    /** Whether it may have left numbers without an answer. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** Ends as a process does that is killed: what is on its way may arrive or not. */
    void abandon() {
        abandoned = true;
        thread.shutdownNow();
        producer.close(Duration.ZERO);
    }

    /** Sends no more, and returns when all that was sent is answered. */
    @Override
    public void close() throws InterruptedException {
        if (abandoned) {
            return;
        }
        thread.shutdown();
        if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("producer " + name + ": sends (expected: stopped)");
        }
        producer.flush();
        producer.close();
    }
}
