package dev.barnabas.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.Broker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own {@code kafka-dump-log --offsets-decoder} reads what Barnabas writes to {@code __consumer_offsets}. */
class OffsetsTopicTest {

    private static final int POLLS_MAX = 300;

    @Test
    void groupsAndOffsetsAreReadByKafkasDumpTool(@TempDir Path directory) throws Exception {
        try (var broker = Broker.builder()
                .dataDir(directory)
                .topic("orders", 1)
                .property("offsets.topic.num.partitions", "1")
                .start()) {
            joinAndCommit(broker);
        }

        String dump = dump(directory.resolve("__consumer_offsets-0"));
        assertThat(dump)
                .contains("\"group\":\"billing\",\"topic\":\"orders\",\"partition\":0")
                .contains("\"offset\":7")
                .contains("\"metadata\":\"so far\"")
                .contains("\"protocolType\":\"consumer\"")
                .contains("\"protocol\":\"range\"")
                .contains("\"clientHost\":\"/127.0.0.1\"")
                .doesNotContain("Could not")
                .doesNotContain("isvalid: false");
    }

    private static void joinAndCommit(Broker broker) {
        Map<String, Object> config = new HashMap<>(broker.clientConfig());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, "billing");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            for (int i = 0; i < POLLS_MAX && consumer.assignment().isEmpty(); i++) {
                consumer.poll(Duration.ofMillis(100));
            }
            consumer.commitSync(Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(7, "so far")));
        }
    }

    private static String dump(Path partition) throws IOException {
        String files;
        try (var list = Files.list(partition)) {
            files = list.map(Path::toString)
                    .filter(name -> name.endsWith(".log"))
                    .collect(Collectors.joining(","));
        }
        var bytes = new ByteArrayOutputStream();
        var before = System.out;
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            DumpLogSegments.main(new String[] {"--offsets-decoder", "--deep-iteration", "--files", files});
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
