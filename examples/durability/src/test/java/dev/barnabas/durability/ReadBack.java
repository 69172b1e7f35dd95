package dev.barnabas.durability;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads partitions from end to end and compares them with what their producers were told. */
final class ReadBack {

    private static final long WITHOUT_A_RECORD_NANOS_MAX = 20_000_000_000L;
    private static final int SHOWN_MAX = 20;

    private final Map<String, SequencedProducer> producers = new HashMap<>();
    private final Set<String> compactedTopics;
    private final Map<TopicPartition, Map<String, Seen>> seen = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long records;
    private long lost;
    private long duplicates;
    private long neverAcknowledged;

    /** What of one producer was found in one partition. */
    private static final class Seen {
        private int last = -1;
        private final int[] lastOfKey = new int[SequencedProducer.KEYS];

        Seen() {
            Arrays.fill(lastOfKey, -1);
        }

        void add(int number) {
            last = number;
            lastOfKey[number % lastOfKey.length] = number;
        }

        /** Whether a number is there, or, in a compacted topic, a later one of the same key. */
        boolean covers(int number, boolean compacted) {
            return number <= (compacted ? lastOfKey[number % lastOfKey.length] : last);
        }
    }

    /** @param compactedTopics of which only the newest record of each key has to be there */
    ReadBack(Collection<SequencedProducer> producers, Set<String> compactedTopics) {
        producers.forEach(producer -> this.producers.put(producer.name(), producer));
        this.compactedTopics = compactedTopics;
    }

    /** Reads all partitions of the producers. */
    void run(Map<String, Object> client) {
        Map<String, Object> config = new HashMap<>(client);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = producers.values().stream()
                    .flatMap(producer -> producer.partitions().keySet().stream())
                    .distinct()
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
            readToTheEnd(consumer, new HashMap<>(starts));
            producers.values().forEach(producer -> producer.partitions()
                    .forEach((partition, progress) ->
                            checkNothingIsMissing(producer.name(), partition, progress, starts.get(partition))));
        }
    }

    private void readToTheEnd(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> positions) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(positions.keySet());
        long lastRecordNanos = System.nanoTime();
        while (!positions.equals(ends) && System.nanoTime() - lastRecordNanos < WITHOUT_A_RECORD_NANOS_MAX) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                lastRecordNanos = System.nanoTime();
                var partition = new TopicPartition(record.topic(), record.partition());
                long position = positions.put(partition, record.offset() + 1);
                boolean mayHaveGaps = compactedTopics.contains(record.topic());
                if (record.offset() < position || (record.offset() > position && !mayHaveGaps)) {
                    problem(partition + " offset: " + record.offset() + " (expected: " + position + ")");
                }
                check(partition, record);
            }
        }
        if (!positions.equals(ends)) {
            problem("read up to: " + positions + " (expected: " + ends + ")");
        }
    }

    private void check(TopicPartition partition, ConsumerRecord<String, byte[]> record) {
        String producer = SequencedProducer.nameOf(record.key());
        int number = ByteBuffer.wrap(record.value()).getInt();
        long told = producers.get(producer).partitions().get(partition).offset(number);
        Seen before = seenOf(partition, producer);
        String where = producer + " in " + partition + " at " + record.offset() + " number: " + number;
        records++;
        if (number <= before.last) {
            duplicates++;
            problem(where + " after " + before.last + ", acknowledged at " + told);
        } else if (before.last >= 0 && number > before.last + 1 && !compactedTopics.contains(partition.topic())) {
            lost += number - before.last - 1;
            problem(where + " (expected: " + (before.last + 1) + ")");
        } else if (told < 0) {
            neverAcknowledged++;
        } else if (told != record.offset()) {
            problem(where + " (expected: at the acknowledged offset " + told + ")");
        }
        before.add(number);
    }

    private Seen seenOf(TopicPartition partition, String producer) {
        return seen.computeIfAbsent(partition, absent -> new HashMap<>())
                .computeIfAbsent(producer, absent -> new Seen());
    }

    /** Below the log's start records were deleted as asked; all above are there. */
    private void checkNothingIsMissing(
            String producer, TopicPartition partition, SequencedProducer.Progress progress, long start) {
        boolean compacted = compactedTopics.contains(partition.topic());
        Seen found = seenOf(partition, producer);
        for (int number = 0; number < progress.sent(); number++) {
            if (progress.offset(number) >= start && !found.covers(number, compacted)) {
                lost++;
                problem(producer + " in " + partition + " number: " + number + ", acknowledged at "
                        + progress.offset(number) + ", is lost; the last is " + found.last);
            }
        }
    }

    private void problem(String text) {
        if (problems.size() < SHOWN_MAX) {
            problems.add(text);
        }
    }

    List<String> problems() {
        return problems;
    }

    long records() {
        return records;
    }

    long lost() {
        return lost;
    }

    long duplicates() {
        return duplicates;
    }

    /** Records that are there although nobody was told so. */
    long neverAcknowledged() {
        return neverAcknowledged;
    }
}
