package dev.barnabas.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.Broker;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A directory that Apache Kafka formatted and wrote, stopped or killed: we open it and find everything, and Apache Kafka
 * finds everything of ours in it afterwards.
 */
@Timeout(120)
class KafkaDirectoryTest {

    private static final int RECORDS = 500;
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicPartition PAYMENTS = new TopicPartition("payments", 0);
    private static final TopicPartition TRIMMED = new TopicPartition("trimmed", 0);

    @TempDir
    Path temporary;

    private Path directory;
    private int port;
    private int controllerPort;
    private Uuid ordersId;

    @ParameterizedTest(name = "{0} quorum, {1}")
    @CsvSource({"static, killed", "dynamic, closed"})
    void weOpenADirectoryOfApacheKafkaAndItOpensItAgain(String quorum, String end) throws Exception {
        directory = temporary.resolve("kafka");
        port = freePort();
        controllerPort = freePort();
        boolean dynamic = quorum.equals("dynamic");
        format(dynamic);
        Path killed = temporary.resolve("killed");
        KafkaRaftServer kafka = startKafka(dynamic);
        try {
            write("localhost:" + port);
            copy(directory, killed);
        } finally {
            stop(kafka);
        }
        if (end.equals("killed")) {
            directory = killed;
        }

        try (Broker broker = Broker.builder().dataDir(directory).start()) {
            assertEverythingIsThere(broker.bootstrapServers(), RECORDS);
            produce(broker.bootstrapServers(), "none", RECORDS, 10);
            commit(broker.bootstrapServers(), "classic", 222);
        }

        kafka = startKafka(dynamic);
        try {
            String servers = "localhost:" + port;
            assertThat(values(servers, ORDERS, "read_uncommitted")).isEqualTo(numbers(RECORDS + 10));
            assertThat(committed(servers, "classic")).isEqualTo(222);
            assertThat(committed(servers, "modern")).isEqualTo(RECORDS);
        } finally {
            stop(kafka);
        }
    }

    // ---- Apache Kafka

    private void format(boolean dynamic) throws Exception {
        Files.createDirectories(directory);
        var formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(0)
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .setHasDynamicQuorum(dynamic);
        if (dynamic) {
            formatter.setInitialControllers(
                    DynamicVoters.parse("0@localhost:" + controllerPort + ":" + Uuid.randomUuid()));
        }
        formatter.run();
    }

    private KafkaRaftServer startKafka(boolean dynamic) {
        var properties = new Properties();
        properties.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "0",
                "listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort,
                "advertised.listeners", "PLAINTEXT://localhost:" + port,
                "controller.listener.names", "CONTROLLER",
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs", directory.toString(),
                "offsets.topic.num.partitions", "5",
                "log.cleaner.dedupe.buffer.size", "2097152"));
        properties.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "2",
                "group.initial.rebalance.delay.ms", "0"));
        properties.put(
                dynamic ? "controller.quorum.bootstrap.servers" : "controller.quorum.voters",
                (dynamic ? "" : "0@") + "localhost:" + controllerPort);
        var kafka = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        kafka.startup();
        return kafka;
    }

    private static void stop(KafkaRaftServer kafka) {
        kafka.shutdown();
        kafka.awaitShutdown();
    }

    // ---- what is written

    private void write(String servers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            Topics.create(
                    admin,
                    List.of(
                            new NewTopic("orders", 1, (short) 1)
                                    .configs(Map.of("retention.ms", "123456789", "internal.segment.bytes", "20000")),
                            new NewTopic("payments", 1, (short) 1),
                            new NewTopic("trimmed", 1, (short) 1),
                            new NewTopic("dropped", 1, (short) 1)));
            ordersId = admin.describeTopics(List.of("orders"))
                    .allTopicNames()
                    .get()
                    .get("orders")
                    .topicId();
            int next = 0;
            for (String compression : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
                produce(servers, compression, next, RECORDS / 5);
                next += RECORDS / 5;
            }
            inTransaction(servers, "committed", true);
            inTransaction(servers, "aborted", false);
            commit(servers, "classic", 111);
            consume(servers, "modern");
            produceTo(servers, TRIMMED, 0, 50);
            admin.deleteRecords(Map.of(TRIMMED, RecordsToDelete.beforeOffset(20)))
                    .all()
                    .get();
            admin.deleteTopics(List.of("dropped")).all().get();
        }
    }

    private static void produce(String servers, String compression, int first, int count) throws Exception {
        produceTo(Map.of("bootstrap.servers", servers, "compression.type", compression), ORDERS, first, count);
    }

    private static void produceTo(String servers, TopicPartition partition, int first, int count) throws Exception {
        produceTo(Map.of("bootstrap.servers", servers), partition, first, count);
    }

    private static void produceTo(Map<String, Object> config, TopicPartition partition, int first, int count)
            throws Exception {
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = first; i < first + count; i++) {
                var record = new ProducerRecord<>(partition.topic(), partition.partition(), "key-" + i % 7, "" + i);
                record.headers().add("number", new byte[] {(byte) i});
                producer.send(record);
                if (i % 10 == 9) {
                    producer.flush();
                }
            }
        }
    }

    private static void inTransaction(String servers, String value, boolean commit) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", servers, "transactional.id", value),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>(PAYMENTS.topic(), 0, null, value));
            }
            producer.flush();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static void commit(String servers, String group, long offset) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.alterConsumerGroupOffsets(group, Map.of(ORDERS, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    /** As a member of a group of KIP-848's kind. */
    private static void consume(String servers, String group) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", servers,
                        "group.id", group,
                        "group.protocol", "consumer",
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            int read = 0;
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (read < RECORDS && System.nanoTime() < deadlineNanos) {
                read += consumer.poll(Duration.ofMillis(100)).count();
            }
            consumer.commitSync();
        }
    }

    // ---- what is read

    private void assertEverythingIsThere(String servers, int records) throws Exception {
        assertThat(values(servers, ORDERS, "read_uncommitted")).isEqualTo(numbers(records));
        assertThat(values(servers, PAYMENTS, "read_committed")).containsExactly("committed", "committed", "committed");
        assertThat(values(servers, PAYMENTS, "read_uncommitted")).hasSize(6);
        assertThat(values(servers, TRIMMED, "read_committed"))
                .isEqualTo(numbers(50).subList(20, 50));
        assertThat(committed(servers, "classic")).isEqualTo(111);
        assertThat(committed(servers, "modern")).isEqualTo(records);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrder("orders", "payments", "trimmed");
            assertThat(admin.describeTopics(List.of("orders"))
                            .allTopicNames()
                            .get()
                            .get("orders")
                            .topicId())
                    .isEqualTo(ordersId);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get("retention.ms")
                            .value())
                    .isEqualTo("123456789");
            assertThat(admin.listOffsets(Map.of(TRIMMED, OffsetSpec.earliest()))
                            .partitionResult(TRIMMED)
                            .get()
                            .offset())
                    .isEqualTo(20);
        }
    }

    private static List<String> numbers(int count) {
        return Stream.iterate(0, i -> i + 1).limit(count).map(String::valueOf).toList();
    }

    private static long committed(String servers, String group) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            var offsets = new TreeMap<String, Long>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> offsets.put(partition.toString(), offset.offset()));
            return offsets.getOrDefault(ORDERS.toString(), -1L);
        }
    }

    private static List<String> values(String servers, TopicPartition partition, String isolation) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", servers);
        config.put("isolation.level", isolation);
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (consumer.position(partition) < end && System.nanoTime() < deadlineNanos) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    // ---- files

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What SIGKILL would leave of a running broker's directory: tried again as long as files come and go meanwhile. */
    private static void copy(Path from, Path to) throws IOException {
        for (int attempt = 0; ; attempt++) {
            try (Stream<Path> paths = Files.walk(from)) {
                for (Path path : paths.toList()) {
                    Path target = to.resolve(from.relativize(path).toString());
                    if (Files.isRegularFile(path) || !Files.exists(target)) {
                        Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                    }
                }
                return;
            } catch (NoSuchFileException | UncheckedIOException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }
}
