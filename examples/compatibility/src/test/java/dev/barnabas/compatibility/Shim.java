package dev.barnabas.compatibility;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What the clients since 0.10.0 do not have in common, found by reflection in the client at hand. */
@org.jspecify.annotations.NullUnmarked
final class Shim {
    private Shim() {}

    static boolean has(String className) {
        try {
            Class.forName(className, false, Shim.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** {@code poll(Duration)} since 2.0, {@code poll(long)} before 4.0. */
    @SuppressWarnings("unchecked")
    static ConsumerRecords<String, String> poll(KafkaConsumer<String, String> consumer, int waitMs) {
        var byDuration = method(KafkaConsumer.class, "poll", Duration.class);
        return (ConsumerRecords<String, String>)
                (byDuration.isPresent()
                        ? call(byDuration.get(), consumer, Duration.ofMillis(waitMs))
                        : call(method(KafkaConsumer.class, "poll", long.class).orElseThrow(), consumer, (long) waitMs));
    }

    /** {@code committed(Set)} since 2.4, {@code committed(TopicPartition)} before 4.0. */
    @SuppressWarnings("unchecked")
    static Map<TopicPartition, OffsetAndMetadata> committed(
            KafkaConsumer<String, String> consumer, Set<TopicPartition> partitions) {
        var ofSet = method(KafkaConsumer.class, "committed", Set.class);
        if (ofSet.isPresent()) {
            return (Map<TopicPartition, OffsetAndMetadata>) call(ofSet.get(), consumer, partitions);
        }
        var ofOne =
                method(KafkaConsumer.class, "committed", TopicPartition.class).orElseThrow();
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        for (var partition : partitions) {
            committed.put(partition, (OffsetAndMetadata) call(ofOne, consumer, partition));
        }
        return committed;
    }

    /** {@code offsetsForTimes}, {@code beginningOffsets} and {@code endOffsets} came with 0.10.1. */
    static boolean findsOffsets() {
        return method(KafkaConsumer.class, "offsetsForTimes", Map.class).isPresent();
    }

    /** Headers came with 0.11. */
    static boolean hasHeaders() {
        return method(ProducerRecord.class, "headers").isPresent();
    }

    static void addHeader(ProducerRecord<String, String> record, String name, byte[] value) {
        Object headers = call(method(ProducerRecord.class, "headers").orElseThrow(), record);
        call(
                publicMethod("org.apache.kafka.common.header.Headers", "add", String.class, byte[].class),
                headers,
                name,
                value);
    }

    static byte[] header(ConsumerRecord<String, String> record, String name) {
        Object headers = call(method(ConsumerRecord.class, "headers").orElseThrow(), record);
        Object header =
                call(publicMethod("org.apache.kafka.common.header.Headers", "lastHeader", String.class), headers, name);
        return (byte[]) call(publicMethod("org.apache.kafka.common.header.Header", "value"), header);
    }

    /**
     * Creates the topic with the client's own admin client, which came with 0.11, and returns true; false if the client has none.
     */
    static boolean createTopic(Map<String, Object> config, String topic, int partitions) throws Exception {
        if (!has("org.apache.kafka.clients.admin.AdminClient")) {
            return false;
        }
        var loader = Shim.class.getClassLoader();
        var adminClass = loader.loadClass("org.apache.kafka.clients.admin.AdminClient");
        Object newTopic = loader.loadClass("org.apache.kafka.clients.admin.NewTopic")
                .getConstructor(String.class, int.class, short.class)
                .newInstance(topic, partitions, (short) 1);
        try (var admin = (AutoCloseable) call(adminClass.getMethod("create", Map.class), null, config)) {
            Object result = call(adminClass.getMethod("createTopics", Collection.class), admin, List.of(newTopic));
            get(call(result.getClass().getMethod("all"), result));
            Object described = call(adminClass.getMethod("describeTopics", Collection.class), admin, List.of(topic));
            var all = method(described.getClass(), "all")
                    .or(() -> method(described.getClass(), "allTopicNames"))
                    .orElseThrow();
            var description = ((Map<?, ?>) get(call(all, described))).get(topic);
            int found = ((List<?>) call(description.getClass().getMethod("partitions"), description)).size();
            if (found != partitions) {
                throw new AssertionError("partitions: " + found + " (expected: " + partitions + ")");
            }
        }
        return true;
    }

    private static Object get(Object kafkaFuture) throws ExecutionException, InterruptedException {
        try {
            return ((Future<?>) kafkaFuture).get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("no answer within 30 s", e);
        }
    }

    private static Optional<Method> method(Class<?> type, String name, Class<?>... parameters) {
        return Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals(name) && Arrays.equals(m.getParameterTypes(), parameters))
                .findFirst();
    }

    private static Method publicMethod(String type, String name, Class<?>... parameters) {
        try {
            return method(Shim.class.getClassLoader().loadClass(type), name, parameters)
                    .orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object call(Method method, Object target, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
