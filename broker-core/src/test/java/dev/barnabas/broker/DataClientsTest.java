package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Producing and consuming with Kafka's own clients, beyond the first record. */
@Timeout(60)
class DataClientsTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private static KafkaProducer<String, String> producer(Broker broker, String... settings) {
        return new KafkaProducer<>(settings(broker, settings), new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(Broker broker, String... settings) {
        return new KafkaConsumer<>(settings(broker, settings), new StringDeserializer(), new StringDeserializer());
    }

    private static Map<String, Object> settings(Broker broker, String... namesAndValues) {
        Map<String, Object> settings = new HashMap<>(broker.clientConfig());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return settings;
    }

    private static void send(KafkaProducer<String, String> producer, int count, String value) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(producer.send(new ProducerRecord<>("orders", 0, 1000L + i, "k" + i, value + i)));
        }
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    private static List<ConsumerRecord<String, String>> read(
            KafkaConsumer<String, String> consumer, long offset, int count) {
        consumer.assign(List.of(ORDERS));
        consumer.seek(ORDERS, offset);
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (records.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
        assertThat(records).hasSize(count);
        return records;
    }

    @Test
    void recordsLargerThanTheConsumersLimitsStillArrive() throws Exception {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                var producer = producer(broker, "batch.size", "1");
                var consumer = consumer(broker, "max.partition.fetch.bytes", "1000", "fetch.max.bytes", "2000")) {
            send(producer, 20, "x".repeat(5000));
            assertThat(read(consumer, 0, 20)).extracting(ConsumerRecord::offset).isSorted();
        }
    }

    @Test
    void aRecordTooLargeForTheTopicFailsAndTheNextGoesOn() throws Exception {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                Admin admin = Admin.create(broker.clientConfig());
                var producer = producer(broker)) {
            var op = new AlterConfigOp(new ConfigEntry("max.message.bytes", "2000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, "orders"), List.of(op)))
                    .all()
                    .get();
            Future<RecordMetadata> tooLarge = producer.send(new ProducerRecord<>("orders", "x".repeat(5000)));
            assertThatThrownBy(tooLarge::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RecordTooLargeException.class);
            assertThat(producer.send(new ProducerRecord<>("orders", "fits"))
                            .get()
                            .offset())
                    .isZero();
        }
    }

    @Test
    void offsetsAreFoundByTime() throws Exception {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                Admin admin = Admin.create(broker.clientConfig());
                var producer = producer(broker);
                var consumer = consumer(broker)) {
            send(producer, 50, "v");
            OffsetAndTimestamp found =
                    consumer.offsetsForTimes(Map.of(ORDERS, 1020L)).get(ORDERS);
            assertThat(found.offset()).isEqualTo(20);
            assertThat(found.timestamp()).isEqualTo(1020);
            assertThat(consumer.offsetsForTimes(Map.of(ORDERS, 9_999_999L)).get(ORDERS))
                    .isNull();
            assertThat(consumer.beginningOffsets(List.of(ORDERS))).containsEntry(ORDERS, 0L);
            assertThat(consumer.endOffsets(List.of(ORDERS))).containsEntry(ORDERS, 50L);
            ListOffsetsResultInfo newest = admin.listOffsets(Map.of(ORDERS, OffsetSpec.maxTimestamp()))
                    .partitionResult(ORDERS)
                    .get();
            assertThat(newest.offset()).isEqualTo(49);
            assertThat(newest.timestamp()).isEqualTo(1049);
        }
    }

    @Test
    void deletedRecordsAreGoneForReadersAtOnce() throws Exception {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                Admin admin = Admin.create(broker.clientConfig());
                var producer = producer(broker);
                var consumer = consumer(broker, "auto.offset.reset", "earliest")) {
            send(producer, 30, "v");
            assertThat(admin.deleteRecords(Map.of(ORDERS, RecordsToDelete.beforeOffset(11)))
                            .lowWatermarks()
                            .get(ORDERS)
                            .get()
                            .lowWatermark())
                    .isEqualTo(11);
            assertThat(consumer.beginningOffsets(List.of(ORDERS))).containsEntry(ORDERS, 11L);
            assertThat(read(consumer, 0, 19).get(0).offset()).isEqualTo(11);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"read_uncommitted", "read_committed"})
    void bothIsolationLevelsSeeWhatNoTransactionHolds(String isolation) throws Exception {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                var producer = producer(broker);
                var consumer = consumer(broker, "isolation.level", isolation)) {
            send(producer, 100, "v");
            assertThat(read(consumer, 0, 100).get(99).value()).isEqualTo("v99");
        }
    }

    @Test
    void anIdempotentProducerGoesOnAfterTheBrokerWasRestarted(@TempDir Path directory) throws Exception {
        Broker first = Broker.builder().dataDir(directory).topic("orders", 1).start();
        int port = Integer.parseInt(
                first.bootstrapServers().substring(first.bootstrapServers().lastIndexOf(':') + 1));
        try (var producer = producer(first, "enable.idempotence", "true")) {
            send(producer, 100, "a");
            first.close();
            try (Broker second = Broker.builder().dataDir(directory).port(port).start();
                    Admin admin = Admin.create(second.clientConfig());
                    var consumer = consumer(second)) {
                send(producer, 100, "b");
                assertThat(read(consumer, 0, 200).get(150).value()).isEqualTo("b50");
                var state = admin.describeProducers(List.of(ORDERS))
                        .partitionResult(ORDERS)
                        .get()
                        .activeProducers()
                        .get(0);
                assertThat(state.lastSequence()).isEqualTo(199);
                assertThat(admin.describeLogDirs(List.of(second.nodeId()))
                                .allDescriptions()
                                .get()
                                .get(second.nodeId())
                                .get(directory.toString())
                                .replicaInfos()
                                .get(ORDERS)
                                .size())
                        .isPositive();
            }
        } finally {
            first.close();
        }
    }

    @Test
    void everyAcknowledgementWaitsForTheDiskIfTheBrokerSaysSo(@TempDir Path directory) throws Exception {
        try (Broker broker = Broker.builder()
                        .dataDir(directory)
                        .property("log.flush.interval.messages", "1")
                        .topic("orders", 1)
                        .start();
                var producer = producer(broker, "linger.ms", "0");
                var consumer = consumer(broker)) {
            send(producer, 200, "v");
            assertThat(read(consumer, 0, 200).get(199).value()).isEqualTo("v199");
        }
    }

    @Test
    void aThousandPartitionsAreCreatedAndWrittenWithoutDelay() throws Exception {
        try (Broker broker = Broker.builder().start();
                Admin admin = Admin.create(broker.clientConfig());
                var producer = producer(broker)) {
            admin.createTopics(List.of(new NewTopic("wide", 1000, (short) 1)))
                    .all()
                    .get();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                sent.add(producer.send(new ProducerRecord<>("wide", i, "k", "v")));
            }
            producer.flush();
            for (Future<RecordMetadata> each : sent) {
                assertThat(each.get().offset()).isZero();
            }
            admin.deleteTopics(List.of("wide")).all().get();
            admin.createTopics(List.of(new NewTopic("wide", 10, (short) 1)))
                    .all()
                    .get();
            assertThat(producer.send(new ProducerRecord<>("wide", 3, "k", "v"))
                            .get()
                            .offset())
                    .isZero();
        }
    }
}
