package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log cleaner keeps the offsets topic short, at its default settings, and what was committed last is still there. */
@Timeout(60)
class OffsetsTopicSizeTest {

    private static final int PARTITIONS = 100;
    private static final int COMMITS = 80;
    private static final String METADATA = "m".repeat(1000);

    /** The active segment, what is live, and as much again that is not, since less is not worth a compaction. */
    private static final long BYTES_MAX = (1 << 20) + 3L * PARTITIONS * (METADATA.length() + 200);

    private static BrokerBuilder builder() {
        return Broker.builder()
                .topic("orders", PARTITIONS)
                .property("offsets.topic.num.partitions", "1")
                .property("log.cleaner.backoff.ms", "20");
    }

    @Test
    void itStaysShortInMemory() throws Exception {
        try (Broker broker = builder().start();
                Admin admin = Admin.create(broker.clientConfig())) {
            commitAgainAndAgain(admin);
            assertThat(committed(admin)).isEqualTo(offsets(COMMITS));
        }
    }

    @Test
    void itStaysShortOnDiskAndIsReadBack(@TempDir Path directory) throws Exception {
        try (Broker broker = builder().dataDir(directory).start();
                Admin admin = Admin.create(broker.clientConfig())) {
            commitAgainAndAgain(admin);
        }
        try (Broker broker = builder().dataDir(directory).start();
                Admin admin = Admin.create(broker.clientConfig())) {
            assertThat(committed(admin)).isEqualTo(offsets(COMMITS));
        }
    }

    private static void commitAgainAndAgain(Admin admin) throws Exception {
        for (int i = 1; i <= COMMITS; i++) {
            admin.alterConsumerGroupOffsets("billing", offsets(i)).all().get();
        }
        assertThat((long) COMMITS * PARTITIONS * METADATA.length()).isGreaterThan(5 * BYTES_MAX);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(sizeInBytes(admin)).isLessThan(BYTES_MAX));
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(long offset) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            offsets.put(new TopicPartition("orders", i), new OffsetAndMetadata(offset, METADATA));
        }
        return offsets;
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets("billing")
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private static long sizeInBytes(Admin admin) throws Exception {
        return admin.describeLogDirs(List.of(0))
                .allDescriptions()
                .get()
                .get(0)
                .values()
                .iterator()
                .next()
                .replicaInfos()
                .get(new TopicPartition("__consumer_offsets", 0))
                .size();
    }
}
