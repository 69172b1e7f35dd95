package dev.barnabas.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.Broker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our metadata log is KRaft's: Apache Kafka's tool reads it, Apache Kafka starts on it, and we start on what it leaves. */
class MetadataLogTest {

    private static final String METADATA = "__cluster_metadata-0";

    @TempDir
    Path directory;

    @Test
    void logAndSnapshotAreReadByKafkasDumpTool() throws Exception {
        try (var broker = Broker.builder()
                        .dataDir(directory)
                        .property("metadata.log.max.record.bytes.between.snapshots", "2000")
                        .start();
                var admin = Admin.create(broker.clientConfig())) {
            for (int i = 0; i < 30; i++) {
                createTopic(admin, "t" + i);
            }
            admin.deleteTopics(List.of("t3")).all().get(10, TimeUnit.SECONDS);
        }

        assertThat(dump(".log"))
                .contains("\"type\":\"FEATURE_LEVEL_RECORD\"", "\"name\":\"metadata.version\"")
                .contains("\"type\":\"REGISTER_BROKER_RECORD\"")
                .contains("\"type\":\"TOPIC_RECORD\"", "\"name\":\"t29\"")
                .contains(
                        "\"type\":\"PARTITION_RECORD\"",
                        "\"type\":\"CONFIG_RECORD\"",
                        "\"type\":\"REMOVE_TOPIC_RECORD\"")
                .contains("LeaderChange")
                .doesNotContain("isvalid: false", "Could not", "skipping");
        assertThat(dump(".checkpoint"))
                .contains("SnapshotHeader", "SnapshotFooter", "\"type\":\"TOPIC_RECORD\"")
                .doesNotContain("isvalid: false", "Could not", "skipping");
    }

    private String dump(String suffix) throws IOException {
        String files;
        try (var list = Files.list(directory.resolve(METADATA))) {
            files = String.join(
                    ",",
                    list.map(Path::toString)
                            .filter(name -> name.endsWith(suffix) && !name.endsWith("leader-epoch-checkpoint"))
                            .toList());
        }
        var bytes = new ByteArrayOutputStream();
        var before = System.out;
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            DumpLogSegments.main(new String[] {"--cluster-metadata-decoder", "--files", files});
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void apacheKafkaStartsOnOurDirectoryAndWeOnTheOneItLeaves() throws Exception {
        var ids = new HashMap<String, Object>();
        try (var broker = Broker.builder().dataDir(directory).start()) {
            try (var admin = Admin.create(broker.clientConfig())) {
                createTopic(admin, "ours");
                ids.put("ours", describe(admin, "ours").topicId());
            }
            produce(broker.bootstrapServers(), "ours", "one", "two");
        }

        int port = freePort();
        var kafka = new KafkaRaftServer(new KafkaConfig(properties(port, freePort())), Time.SYSTEM);
        kafka.startup();
        try {
            String servers = "localhost:" + port;
            try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                assertThat(describe(admin, "ours").topicId()).isEqualTo(ids.get("ours"));
                assertThat(describe(admin, "ours").partitions()).hasSize(2);
                assertThat(retention(admin, "ours")).isEqualTo("123456789");
                createTopic(admin, "theirs");
                ids.put("theirs", describe(admin, "theirs").topicId());
            }
            assertThat(consume(servers, "ours", 2)).containsExactly("one", "two");
            produce(servers, "ours", "three");
            produce(servers, "theirs", "four");
        } finally {
            kafka.shutdown();
            kafka.awaitShutdown();
        }

        try (var broker = Broker.builder().dataDir(directory).start();
                var admin = Admin.create(broker.clientConfig())) {
            for (String topic : List.of("ours", "theirs")) {
                assertThat(describe(admin, topic).topicId()).isEqualTo(ids.get(topic));
                assertThat(retention(admin, topic)).isEqualTo("123456789");
            }
            assertThat(consume(broker.bootstrapServers(), "ours", 3)).containsExactly("one", "two", "three");
            assertThat(consume(broker.bootstrapServers(), "theirs", 1)).containsExactly("four");
            produce(broker.bootstrapServers(), "theirs", "five");
            assertThat(consume(broker.bootstrapServers(), "theirs", 2)).containsExactly("four", "five");
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Properties properties(int port, int controllerPort) {
        var properties = new Properties();
        properties.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "0",
                "controller.quorum.voters", "0@localhost:" + controllerPort,
                "listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort,
                "advertised.listeners", "PLAINTEXT://localhost:" + port,
                "controller.listener.names", "CONTROLLER",
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs", directory.toString(),
                "offsets.topic.replication.factor", "1",
                "log.cleaner.dedupe.buffer.size", "2097152"));
        return properties;
    }

    private static void createTopic(Admin admin, String name) throws Exception {
        Topics.create(admin, List.of(new NewTopic(name, 2, (short) 1).configs(Map.of("retention.ms", "123456789"))));
    }

    private static TopicDescription describe(Admin admin, String name) throws Exception {
        return admin.describeTopics(List.of(name))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get(name);
    }

    private static String retention(Admin admin, String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get(10, TimeUnit.SECONDS)
                .get(resource)
                .get("retention.ms")
                .value();
    }

    private static void produce(String servers, String topic, String... values) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, null, value)).get(10, TimeUnit.SECONDS);
            }
        }
    }

    private static List<String> consume(String servers, String topic, int count) {
        var values = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", servers, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            for (int polls = 0; polls < 100 && values.size() < count; polls++) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
