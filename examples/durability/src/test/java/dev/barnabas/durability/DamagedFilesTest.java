package dev.barnabas.durability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A broker starts on a directory whose files a crash tore or lost. It keeps every valid record, the group's offset and its
 * topics, says what it found in one line for each, and goes on.
 */
@Timeout(120)
class DamagedFilesTest {

    private static final String GROUP = "readers";
    private static final int RECORDS = 300;
    private static final int LAST_BATCH_RECORDS = 10;
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final String PADDING = "x".repeat(150);

    /** The directory of a broker that was killed, and of one that was closed. */
    @TempDir
    private static Path images;

    @TempDir
    private Path temporary;

    /** What is done to the directory. */
    @FunctionalInterface
    interface Damage {
        void to(Path directory) throws IOException;
    }

    @BeforeAll
    static void writeImages() throws Exception {
        Path directory = images.resolve("closed");
        try (Broker broker = start(directory)) {
            produce(broker);
            try (var consumer =
                    new KafkaConsumer<>(clientConfig(broker), new StringDeserializer(), new StringDeserializer())) {
                consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(RECORDS / 2)));
            }
            awaitRecoveryPoint(directory);
            Directories.copy(directory, images.resolve("killed"));
        }
    }

    /** So that only the last segment needs recovery, which begins with the newest producer snapshot. */
    private static void awaitRecoveryPoint(Path directory) throws IOException, InterruptedException {
        String snapshot =
                Directories.last(log(directory), ".snapshot").getFileName().toString();
        long lastRoll = Long.parseLong(snapshot.substring(0, snapshot.indexOf('.')));
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (recoveryPoint(directory) < lastRoll) {
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
            new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
        }
    }

    private static long recoveryPoint(Path directory) throws IOException {
        Path checkpoint = directory.resolve("recovery-point-offset-checkpoint");
        if (!Files.exists(checkpoint)) {
            return 0;
        }
        return Files.readAllLines(checkpoint).stream()
                .filter(line -> line.startsWith("orders 0 "))
                .mapToLong(line -> Long.parseLong(line.substring("orders 0 ".length())))
                .findFirst()
                .orElse(0);
    }

    private static Broker start(Path directory) {
        return Broker.builder()
                .dataDir(directory)
                .property("offsets.topic.num.partitions", "1")
                .property("log.flush.offset.checkpoint.interval.ms", "50")
                .topic(new Topic("orders", 1)
                        .config("internal.segment.bytes", "14000")
                        .config("index.interval.bytes", "1000"))
                .start();
    }

    private static Map<String, Object> clientConfig(Broker broker) {
        Map<String, Object> config = new HashMap<>(broker.clientConfig());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return config;
    }

    /** Batches of ten records, each acknowledged before the next is sent. */
    private static void produce(Broker broker) throws Exception {
        Map<String, Object> config = new HashMap<>(broker.clientConfig());
        config.put(ProducerConfig.LINGER_MS_CONFIG, 60_000);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("orders", 0, null, i + PADDING));
                if ((i + 1) % LAST_BATCH_RECORDS == 0) {
                    producer.flush();
                }
            }
        }
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("nothing", directory -> {}, ""),
                damage(
                        "garbage after the last batch",
                        directory -> Directories.appendGarbage(lastLog(directory), 5000),
                        "Truncated a log at its first invalid batch segment=orders-0"),
                damage(
                        "a few bytes after the last batch",
                        directory -> Directories.appendGarbage(lastLog(directory), 7),
                        "Truncated a log at its first invalid batch segment=orders-0"),
                damage(
                        "no indexes",
                        directory -> {
                            Directories.delete(Directories.files(log(directory), ".index"));
                            Directories.delete(Directories.files(log(directory), ".timeindex"));
                        },
                        ""),
                damage(
                        "garbage in the indexes",
                        directory -> {
                            Directories.files(log(directory), ".index").forEach(Directories::scramble);
                            Directories.files(log(directory), ".timeindex").forEach(Directories::scramble);
                        },
                        ""),
                damage(
                        "empty indexes",
                        directory -> {
                            Directories.empty(Directories.files(log(directory), ".index"));
                            Directories.empty(Directories.files(log(directory), ".timeindex"));
                        },
                        ""),
                damage(
                        "no producer snapshots",
                        directory -> Directories.delete(Directories.files(log(directory), ".snapshot")),
                        ""),
                damage(
                        "garbage in the newest producer snapshot",
                        directory -> Directories.scramble(Directories.last(log(directory), ".snapshot")),
                        "Deleted a damaged producer snapshot"),
                damage(
                        "an empty producer snapshot",
                        directory -> Directories.empty(List.of(Directories.last(log(directory), ".snapshot"))),
                        "Deleted a damaged producer snapshot"),
                damage("no clean-shutdown marker", DamagedFilesTest::deleteMarker, ""),
                damage(
                        "garbage in leader-epoch-checkpoint",
                        directory -> Files.writeString(epochs(directory), "0\n7\ngarbage\n"),
                        "Ignored a damaged checkpoint file=orders-0/leader-epoch-checkpoint"),
                damage(
                        "an empty leader-epoch-checkpoint",
                        directory -> Files.writeString(epochs(directory), ""),
                        "Ignored a damaged checkpoint file=orders-0/leader-epoch-checkpoint"),
                damage("no checkpoints", directory -> Directories.delete(checkpoints(directory)), ""),
                damage(
                        "garbage in the checkpoints",
                        directory -> {
                            for (Path checkpoint : checkpoints(directory)) {
                                Files.writeString(checkpoint, "0\n1\norders zero 1\n");
                            }
                        },
                        "Ignored a damaged checkpoint file=r"),
                damage("no partition.metadata", directory -> Files.delete(metadata(directory)), ""),
                damage("an empty partition.metadata", directory -> Files.writeString(metadata(directory), ""), ""),
                damage(
                        "garbage after the metadata log",
                        directory -> Directories.appendGarbage(
                                Directories.last(directory.resolve("__cluster_metadata-0"), ".log"), 300),
                        "Truncated a log at its first invalid batch segment=__cluster_metadata-0"),
                damage(
                        "an empty quorum-state",
                        directory -> Files.writeString(directory.resolve("__cluster_metadata-0/quorum-state"), ""),
                        ""),
                damage(
                        "left-over files of a deletion, a compaction and a replacement",
                        directory -> {
                            Path log = Directories.first(log(directory), ".log");
                            Files.copy(log, Path.of(log + ".deleted"));
                            Files.copy(log, Path.of(log + ".cleaned"));
                            Files.writeString(directory.resolve("recovery-point-offset-checkpoint.tmp"), "0\n");
                        },
                        ""));
    }

    private static Arguments damage(String what, Damage damage, String line) {
        return Arguments.of(what, damage, line);
    }

    private static Path log(Path directory) {
        return directory.resolve("orders-0");
    }

    private static Path lastLog(Path directory) throws IOException {
        return Directories.last(log(directory), ".log");
    }

    private static Path epochs(Path directory) {
        return log(directory).resolve("leader-epoch-checkpoint");
    }

    private static Path metadata(Path directory) {
        return log(directory).resolve("partition.metadata");
    }

    private static void deleteMarker(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(".kafka_cleanshutdown"));
    }

    private static List<Path> checkpoints(Path directory) throws IOException {
        return Directories.files(directory, "-offset-checkpoint");
    }

    @ParameterizedTest(name = "killed, {0}")
    @MethodSource("damages")
    void everythingIsThereAfterAKill(String what, Damage damage, String line) throws Exception {
        Path directory = image("killed");
        damage.to(directory);
        assertEverythingIsThere(directory, RECORDS, line);
    }

    @ParameterizedTest(name = "closed, {0}")
    @MethodSource("damages")
    void everythingIsThereAfterAClose(String what, Damage damage, String line) throws Exception {
        Path directory = image("closed");
        damage.to(directory);
        assertEverythingIsThere(directory, RECORDS, line);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void aTornBatchIsCutOffAndTheOnesBeforeAreThere(String image) throws Exception {
        Path directory = image(image);
        Directories.truncate(lastLog(directory), 20);
        assertEverythingIsThere(
                directory, RECORDS - LAST_BATCH_RECORDS, "Truncated a log at its first invalid batch segment=orders-0");
    }

    static Stream<String> images() {
        return Stream.of("killed", "closed");
    }

    private Path image(String name) throws IOException {
        Path directory = temporary.resolve(name);
        Directories.copy(images.resolve(name), directory);
        return directory;
    }

    private static void assertEverythingIsThere(Path directory, int records, String line) throws Exception {
        try (var log = new BrokerLog();
                Broker broker = start(directory)) {
            assertThat(read(broker, records)).containsExactlyElementsOf(numbers(records));
            try (Admin admin = Admin.create(broker.clientConfig())) {
                assertThat(committed(admin)).isEqualTo(RECORDS / 2);
                assertThat(lastSequence(admin)).isEqualTo(records - 1);
            }
            produceOne(broker, records);
            assertOneLineEach(log.lines(), line);
        }
    }

    private static void assertOneLineEach(List<String> lines, String expected) {
        assertThat(lines)
                .doesNotHaveDuplicates()
                .allMatch(line -> !line.startsWith("ERROR") && !line.endsWith("with a stack trace"));
        if (!expected.isEmpty()) {
            assertThat(lines).anyMatch(line -> line.contains(expected));
        }
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static List<Integer> read(Broker broker, int count) {
        List<Integer> numbers = new ArrayList<>();
        Map<String, Object> config = new HashMap<>(broker.clientConfig());
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1); // a fetch under way holds up the consumer's close
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            assertThat(consumer.endOffsets(List.of(PARTITION))).containsEntry(PARTITION, (long) count);
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (numbers.size() < count && System.nanoTime() < deadlineNanos) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    assertThat(record.offset()).isEqualTo(numbers.size());
                    numbers.add(Integer.parseInt(
                            record.value().substring(0, record.value().length() - PADDING.length())));
                }
            }
        }
        return numbers;
    }

    private static long committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(PARTITION)
                .offset();
    }

    private static int lastSequence(Admin admin) throws Exception {
        PartitionProducerState state = admin.describeProducers(List.of(PARTITION))
                .partitionResult(PARTITION)
                .get();
        return state.activeProducers().stream()
                .mapToInt(ProducerState::lastSequence)
                .findFirst()
                .orElse(-1);
    }

    private static void produceOne(Broker broker, long offset) throws Exception {
        try (var producer =
                new KafkaProducer<>(broker.clientConfig(), new StringSerializer(), new StringSerializer())) {
            assertThat(producer.send(new ProducerRecord<>("orders", 0, null, "next"))
                            .get()
                            .offset())
                    .isEqualTo(offset);
        }
    }
}
