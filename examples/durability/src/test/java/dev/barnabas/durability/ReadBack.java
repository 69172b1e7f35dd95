package dev.barnabas.durability;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final List<String> problems = new ArrayList<>();
    private long records;
    private long lost;
    private long duplicates;
    private long neverAcknowledged;

    ReadBack(Collection<SequencedProducer> producers) {
        producers.forEach(producer -> this.producers.put(producer.name(), producer));
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
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Map<String, Integer>> last = new HashMap<>();
            Map<TopicPartition, Long> positions = new HashMap<>(starts);
            long lastRecordNanos = System.nanoTime();
            while (!positions.equals(ends) && System.nanoTime() - lastRecordNanos < WITHOUT_A_RECORD_NANOS_MAX) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    lastRecordNanos = System.nanoTime();
                    var partition = new TopicPartition(record.topic(), record.partition());
                    long position = positions.put(partition, record.offset() + 1);
                    if (record.offset() != position) {
                        problem(partition + " offset: " + record.offset() + " (expected: " + position + ")");
                    }
                    check(partition, record, last.computeIfAbsent(partition, absent -> new HashMap<>()));
                }
            }
            if (!positions.equals(ends)) {
                problem("read up to: " + positions + " (expected: " + ends + ")");
            }
            producers.values().forEach(producer -> producer.partitions()
                    .forEach((partition, progress) -> checkEnd(
                            producer,
                            partition,
                            progress,
                            starts.get(partition),
                            last.getOrDefault(partition, Map.of()))));
        }
    }

    private void check(TopicPartition partition, ConsumerRecord<String, byte[]> record, Map<String, Integer> last) {
        int number = ByteBuffer.wrap(record.value()).getInt();
        Integer before = last.put(record.key(), number);
        var progress = producers.get(record.key()).partitions().get(partition);
        long told = progress.offset(number);
        records++;
        if (before != null && number <= before) {
            duplicates++;
            problem(where(partition, record) + " number: " + number + " after " + before + ", acknowledged at " + told);
        } else if (before != null && number > before + 1) {
            lost += number - before - 1;
            problem(where(partition, record) + " number: " + number + " (expected: " + (before + 1) + ")");
        } else if (told < 0) {
            neverAcknowledged++;
        } else if (told != record.offset()) {
            problem(where(partition, record) + " number: " + number + " (expected: at the acknowledged offset " + told
                    + ")");
        }
    }

    private static String where(TopicPartition partition, ConsumerRecord<String, byte[]> record) {
        return record.key() + " in " + partition + " at " + record.offset();
    }

    /** Below the log's start records were deleted as asked; all above are there. */
    private void checkEnd(
            SequencedProducer producer,
            TopicPartition partition,
            SequencedProducer.Progress progress,
            long start,
            Map<String, Integer> last) {
        int end = last.getOrDefault(producer.name(), -1);
        for (int number = end + 1; number < progress.sent(); number++) {
            if (progress.offset(number) >= start) {
                lost++;
                problem(producer.name() + " in " + partition + " number: " + number + ", acknowledged at "
                        + progress.offset(number) + ", is lost; the last is " + end);
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
