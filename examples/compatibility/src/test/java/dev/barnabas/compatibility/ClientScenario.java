package dev.barnabas.compatibility;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The scenario that every client goes through: create a topic; produce 10,000 keyed records with headers in every compression; read them all
 * back; read them in a group of three while members leave and come; commit and resume; seek by time; and go on, with the same producer and
 * consumer, after the broker was restarted. Written against the API that kafka-clients 0.10.0 and 4.4 have in common, {@link Shim} for the
 * rest; the client at hand is whichever the class loader finds.
 */
final class ClientScenario {
    static final int RECORDS = 10_000;
    static final int PARTITIONS = 6;
    private static final String COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
    private static final int WAIT_SECONDS = 60;

    private final String bootstrap;
    private final String topic;
    private final Runnable restart;
    private final long baseTimestamp = System.currentTimeMillis() - 3_600_000;

    /** By partition and offset, what was produced: the number in key, value and header. */
    private final Map<TopicPartition, TreeMap<Long, Integer>> produced = new HashMap<>();

    private final AtomicInteger clients = new AtomicInteger();

    private ClientScenario(String bootstrap, String topic, Runnable restart) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.restart = restart;
    }

    /** The way in from another class loader. {@code compressions}: those that the client has. */
    public static void run(String bootstrap, String topic, List<String> compressions, Runnable restart)
            throws Exception {
        new ClientScenario(bootstrap, topic, restart).run(compressions);
    }

    private void run(List<String> compressions) throws Exception {
        Shim.createTopic(config(), topic, PARTITIONS);
        for (int i = 0; i < compressions.size(); i++) {
            int from = RECORDS * i / compressions.size();
            int to = RECORDS * (i + 1) / compressions.size();
            try (var producer = producer(compressions.get(i))) {
                produce(producer, from, to);
            }
        }
        check(produced.size() == PARTITIONS, "partitions written: " + produced.keySet());
        readEverything();
        if (Shim.findsOffsets()) {
            checkEnds();
            seekByTime();
        }
        groupOfThree("range-" + topic, null);
        if (Shim.has(COOPERATIVE)) {
            groupOfThree("cooperative-" + topic, COOPERATIVE);
        }
        resumeAndRestart("range-" + topic);
    }

    /** For one client: its id names its MBeans, which all class loaders of the JVM share. */
    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("client.id", topic + "-" + clients.incrementAndGet());
        return config;
    }

    private KafkaProducer<String, String> producer(String compression) {
        var config = config();
        config.put("acks", "all");
        config.put("compression.type", compression);
        config.put("retries", 100);
        config.put("retry.backoff.ms", 50);
        config.put("linger.ms", 5);
        config.put("max.in.flight.requests.per.connection", 1);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private KafkaConsumer<String, String> consumer(String group, String assignor) {
        var config = config();
        config.put("group.id", group);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("heartbeat.interval.ms", 100);
        config.put("max.poll.records", 300);
        if (assignor != null) {
            config.put("partition.assignment.strategy", assignor);
        }
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private void produce(KafkaProducer<String, String> producer, int from, int to) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            var record = new ProducerRecord<>(topic, null, baseTimestamp + i, "key-" + i, "value-" + i);
            if (Shim.hasHeaders()) {
                Shim.addHeader(record, "number", Integer.toString(i).getBytes(StandardCharsets.UTF_8));
            }
            sent.add(producer.send(record));
        }
        producer.flush();
        for (int i = from; i < to; i++) {
            var metadata = sent.get(i - from).get(WAIT_SECONDS, TimeUnit.SECONDS);
            var partition = new TopicPartition(metadata.topic(), metadata.partition());
            var previous =
                    produced.computeIfAbsent(partition, p -> new TreeMap<>()).put(metadata.offset(), i);
            check(previous == null, "offset given twice: " + partition + " " + metadata.offset());
        }
        produced.forEach((partition, offsets) -> check(
                offsets.lastKey() == offsets.size() - 1,
                "offsets with gaps: " + partition + " ends at " + offsets.lastKey()));
    }

    private int producedCount() {
        return produced.values().stream().mapToInt(TreeMap::size).sum();
    }

    private void verify(ConsumerRecord<String, String> record) {
        Integer number = produced.get(new TopicPartition(record.topic(), record.partition()))
                .get(record.offset());
        check(number != null, "a record that nobody produced: " + record);
        check(record.key().equals("key-" + number), "key: " + record.key() + " (expected: key-" + number + ")");
        check(
                record.value().equals("value-" + number),
                "value: " + record.value() + " (expected: value-" + number + ")");
        check(record.timestamp() == baseTimestamp + number, "timestamp of " + number + ": " + record.timestamp());
        if (Shim.hasHeaders()) {
            String header = new String(Shim.header(record, "number"), StandardCharsets.UTF_8);
            check(header.equals(Integer.toString(number)), "header: " + header + " (expected: " + number + ")");
        }
    }

    private void readEverything() {
        try (var consumer = consumer("reader-" + topic, null)) {
            consumer.assign(produced.keySet());
            consumer.seekToBeginning(produced.keySet());
            Map<TopicPartition, Long> next = new HashMap<>();
            int[] count = {0};
            await("every record read", () -> {
                for (var record : Shim.poll(consumer, 100)) {
                    var partition = new TopicPartition(record.topic(), record.partition());
                    long expected = next.getOrDefault(partition, 0L);
                    check(record.offset() == expected, "offset: " + record.offset() + " (expected: " + expected + ")");
                    next.put(partition, expected + 1);
                    verify(record);
                    count[0]++;
                }
                return count[0] == RECORDS;
            });
        }
    }

    private void checkEnds() {
        try (var consumer = consumer("reader-" + topic, null)) {
            Map<TopicPartition, Long> next = new HashMap<>();
            produced.forEach((partition, numbers) -> next.put(partition, numbers.lastKey() + 1));
            Map<TopicPartition, Long> ends = consumer.endOffsets(produced.keySet());
            check(ends.equals(next), "end offsets: " + ends + " (expected: " + next + ")");
            check(
                    consumer.beginningOffsets(produced.keySet()).values().stream()
                            .allMatch(o -> o == 0),
                    "the beginning is not 0");
        }
    }

    private void seekByTime() {
        long time = baseTimestamp + RECORDS / 2;
        try (var consumer = consumer("seeker-" + topic, null)) {
            consumer.assign(produced.keySet());
            Map<TopicPartition, Long> wanted = new HashMap<>();
            produced.keySet().forEach(p -> wanted.put(p, time));
            var found = consumer.offsetsForTimes(wanted);
            produced.forEach((partition, numbers) -> {
                long expected = numbers.entrySet().stream()
                        .filter(e -> baseTimestamp + e.getValue() >= time)
                        .findFirst()
                        .orElseThrow()
                        .getKey();
                long offset = found.get(partition).offset();
                check(offset == expected, partition + " by time: " + offset + " (expected: " + expected + ")");
                consumer.seek(partition, offset);
            });
            int[] count = {0};
            await("the later half read", () -> {
                for (var record : Shim.poll(consumer, 100)) {
                    check(
                            record.timestamp() >= time,
                            "timestamp: " + record.timestamp() + " (expected: from " + time + ")");
                    verify(record);
                    count[0]++;
                }
                return count[0] == RECORDS / 2;
            });
            Map<TopicPartition, Long> future = new HashMap<>();
            produced.keySet().forEach(p -> future.put(p, baseTimestamp + 2L * RECORDS));
            check(
                    consumer.offsetsForTimes(future).values().stream().allMatch(Objects::isNull),
                    "a time after the last record finds an offset");
        }
    }

    /** Three members; one leaves, another comes; every record is read, and what is committed at the end is everything. */
    private void groupOfThree(String group, String assignor) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        List<Member> members = new ArrayList<>();
        try (var observer = consumer(group, assignor)) {
            for (int i = 0; i < 3; i++) {
                members.add(new Member(group, assignor, seen, threads));
            }
            await("three members share the partitions", () -> shared(members));
            members.remove(0).stop();
            await("two members share the partitions", () -> shared(members));
            members.add(new Member(group, assignor, seen, threads));
            await("three members share again", () -> shared(members));
            await("the group has read every record", () -> {
                members.forEach(Member::failed);
                return seen.size() == RECORDS;
            });
            await("the group has committed every record", () -> committed(observer) == RECORDS);
        } finally {
            for (var member : members) {
                member.stop();
            }
            threads.shutdownNow();
        }
    }

    /** The sum of the group's committed offsets, which is the number of records committed, since every partition starts at 0. */
    private long committed(KafkaConsumer<String, String> consumer) {
        return Shim.committed(consumer, produced.keySet()).values().stream()
                .filter(Objects::nonNull)
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private boolean shared(List<Member> members) {
        members.forEach(Member::failed);
        Set<TopicPartition> all = new HashSet<>();
        int sum = 0;
        for (var member : members) {
            if (member.assigned.isEmpty()) {
                return false;
            }
            sum += member.assigned.size();
            all.addAll(member.assigned);
        }
        return sum == PARTITIONS && all.size() == PARTITIONS;
    }

    /** A consumer of a group on a thread of its own, which commits what it has read. */
    private final class Member implements ConsumerRebalanceListener {
        private final Set<Long> seen;
        private final KafkaConsumer<String, String> consumer;
        private final Future<?> running;
        volatile Set<TopicPartition> assigned = Set.of();
        private volatile boolean stopping;
        private boolean uncommitted;

        Member(String group, String assignor, Set<Long> seen, ExecutorService threads) {
            this.seen = seen;
            this.consumer = consumer(group, assignor);
            consumer.subscribe(List.of(topic), this);
            this.running = threads.submit(this::consume);
        }

        private void consume() {
            try (var closing = consumer) {
                while (!stopping) {
                    var records = Shim.poll(closing, 50);
                    for (var record : records) {
                        verify(record);
                        seen.add(record.offset() * PARTITIONS + record.partition());
                    }
                    uncommitted |= !records.isEmpty();
                    if (uncommitted) {
                        commit();
                    }
                    // Copied on this thread: a cooperative rebalance tells the listener of changes only.
                    assigned = Set.copyOf(closing.assignment());
                }
            }
        }

        private void commit() {
            try {
                consumer.commitSync();
                uncommitted = false;
            } catch (CommitFailedException e) {
                // The group went on without this member; the records will be read again by another.
            } catch (RuntimeException e) {
                if (!e.getClass().getSimpleName().equals("RebalanceInProgressException")) {
                    throw e;
                }
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            assigned = Set.of();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        void failed() {
            if (running.isDone()) {
                try {
                    running.get();
                } catch (Exception e) {
                    throw new AssertionError("a member failed", e);
                }
            }
        }

        void stop() throws Exception {
            stopping = true;
            running.get(WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** A group that has read everything reads exactly what comes later, also from a broker that was restarted under its feet. */
    private void resumeAndRestart(String group) throws Exception {
        try (var producer = producer("none");
                var consumer = consumer(group, null)) {
            consumer.subscribe(List.of(topic));
            Set<Integer> numbers = new HashSet<>();
            await("the group is joined", () -> {
                for (var record : Shim.poll(consumer, 50)) {
                    check(false, "read again after the commit: " + record);
                }
                return consumer.assignment().size() == PARTITIONS;
            });
            produce(producer, RECORDS, RECORDS + 100);
            readLater(consumer, numbers, 100);
            consumer.commitSync();

            restart.run();

            produce(producer, RECORDS + 100, RECORDS + 300);
            readLater(consumer, numbers, 300);
            await("the commit", () -> {
                try {
                    consumer.commitSync();
                    return true;
                } catch (CommitFailedException e) {
                    Shim.poll(consumer, 50);
                    return false;
                }
            });
        }
        try (var consumer = consumer(group, null)) {
            long committed = committed(consumer);
            check(committed == producedCount(), "committed: " + committed + " (expected: " + producedCount() + ")");
        }
    }

    private void readLater(KafkaConsumer<String, String> consumer, Set<Integer> numbers, int count) {
        await(count + " later records", () -> {
            for (var record : Shim.poll(consumer, 100)) {
                verify(record);
                int number = Integer.parseInt(record.value().substring("value-".length()));
                check(number >= RECORDS, "read again after the commit: " + record);
                check(numbers.add(number), "read twice: " + record);
            }
            return numbers.size() == count;
        });
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            check(System.nanoTime() - deadline < 0, "not reached within " + WAIT_SECONDS + " s: " + what);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
