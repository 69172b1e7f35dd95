package dev.barnabas.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AckFloorServerTest {

    @Test
    void theBrokerHasTheFirstRecordAndTheFileTheBatchesOfAllOthers(@TempDir Path directory) throws Exception {
        try (AckFloorServer server = AckFloorServer.start(directory)) {
            String bootstrapServers = "127.0.0.1:" + server.port();
            try (var producer = Clients.producer(bootstrapServers, Map.of("linger.ms", 0))) {
                for (String value : List.of("a", "b", "c", "d")) {
                    var record = new ProducerRecord<byte[], byte[]>(
                            AckLatencyScenario.TOPIC, value.getBytes(StandardCharsets.UTF_8));
                    producer.send(record).get(30, TimeUnit.SECONDS);
                }
            }
            assertThat(endOffset(bootstrapServers)).isEqualTo(1);
            assertThat(valuesIn(AckFloorServer.batches(directory))).containsExactly("b", "c", "d");
        }
    }

    private static long endOffset(String bootstrapServers) throws Exception {
        var partition = new TopicPartition(AckLatencyScenario.TOPIC, 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get(30, TimeUnit.SECONDS)
                    .offset();
        }
    }

    private static List<String> valuesIn(Path file) throws Exception {
        List<String> values = new ArrayList<>();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(Files.readAllBytes(file)))
                .batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                values.add(Utils.utf8(record.value()));
            }
        }
        return values;
    }
}
