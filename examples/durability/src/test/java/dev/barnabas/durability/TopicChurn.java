package dev.barnabas.durability;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Creates and deletes topics, one after the other, until it is stopped. A few names are used again and again. Each topic
 * gets one record in each of its partitions, with the topic's id as its value.
 */
final class TopicChurn implements AutoCloseable {

    static final int PARTITIONS = 2;

    private static final int NAMES = 5;
    private static final long CHANGE_EVERY_MS = 40;

    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private final Random random;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Uuid> existing = new HashMap<>();
    private final Set<Uuid> ids = new HashSet<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile int changes;

    TopicChurn(Map<String, Object> client, long seed) {
        this.admin = Admin.create(client);
        this.producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
        this.random = new Random(seed);
        thread.scheduleWithFixedDelay(this::change, 0, CHANGE_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void change() {
        String name = "churn-" + random.nextInt(NAMES);
        try {
            if (existing.containsKey(name)) {
                delete(name);
            } else {
                create(name);
            }
            changes++;
        } catch (ExecutionException e) {
            failures.add("topics: " + name + ": " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failures.add("topics: " + name + ": " + e);
        }
    }

    private void create(String name) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e; // it exists if the answer to the first try was lost
            }
        }
        Uuid id = admin.describeTopics(List.of(name))
                .allTopicNames()
                .get()
                .get(name)
                .topicId();
        if (!ids.add(id)) {
            failures.add("topics: " + name + " has the id of a former topic: " + id);
        }
        existing.put(name, id);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            producer.send(new ProducerRecord<>(name, partition, null, id.toString()))
                    .get();
        }
    }

    private void delete(String name) throws ExecutionException, InterruptedException {
        try {
            admin.deleteTopics(List.of(name)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e; // it is gone if the answer to the first try was lost
            }
        }
        existing.remove(name);
    }

    /** The topics that there must be, once this is closed. */
    Map<String, Uuid> existing() {
        return existing;
    }

    static boolean isName(String topic) {
        return topic.startsWith("churn-");
    }

    int changes() {
        return changes;
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Returns when the last change is done. */
    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("topic churn: runs (expected: stopped)");
        }
        producer.close();
        admin.close();
    }
}
