package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One broker over sockets, with Kafka's own clients. */
@Timeout(60)
class BrokerComponentTest {

    private static final int RECORDS = 1000;

    @Test
    void aRecordProducedIsConsumed() throws Exception {
        try (Broker broker = Broker.builder().topic("orders", 1).start()) {
            RecordMetadata first = produceOne(broker, "orders", "key", "value");
            assertThat(first.offset()).isZero();
            List<ConsumerRecord<String, String>> read = consume(broker, "orders", 1);
            assertThat(read.get(0).key()).isEqualTo("key");
            assertThat(read.get(0).value()).isEqualTo("value");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void aGroupConsumesEveryRecordOnceInEachPartitionsOrder(String compression) throws Exception {
        try (Broker broker = Broker.builder().topic("orders", 3).start()) {
            produce(broker, "orders", RECORDS, Map.of("compression.type", compression));
            assertInOrder(consume(broker, "orders", RECORDS), RECORDS);
        }
    }

    @Test
    void aTopicIsUsableAsSoonAsItIsCreated() throws Exception {
        try (Broker broker = Broker.builder().start();
                Admin admin = Admin.create(broker.clientConfig())) {
            admin.createTopics(List.of(new NewTopic("orders", 2, (short) 1)))
                    .all()
                    .get();
            produceOne(broker, "orders", "k", "v");
            assertThat(admin.describeTopics(List.of("orders"))
                            .allTopicNames()
                            .get()
                            .get("orders")
                            .partitions())
                    .hasSize(2);
            assertThat(admin.describeCluster().clusterId().get()).isEqualTo(broker.clusterId());
        }
    }

    @Test
    void dataGroupsAndTopicsSurviveARestart(@TempDir Path directory) throws Exception {
        String clusterId;
        try (Broker broker =
                Broker.builder().dataDir(directory).topic("orders", 3).start()) {
            clusterId = broker.clusterId();
            produce(broker, "orders", RECORDS, Map.of());
            assertThat(consume(broker, "orders", RECORDS)).hasSize(RECORDS);
        }
        try (Broker broker =
                Broker.builder().dataDir(directory).topic("orders", 3).start()) {
            assertThat(broker.clusterId()).isEqualTo(clusterId);
            RecordMetadata next = produceOne(broker, "orders", "k", "after restart");
            assertThat(next.offset()).isPositive();
            List<ConsumerRecord<String, String>> read = consume(broker, "orders", 1);
            assertThat(read).hasSize(1);
            assertThat(read.get(0).value()).isEqualTo("after restart");
        }
    }

    @Test
    void aBrokerSetUpOnceStartsAgainAndAgain() throws Exception {
        BrokerBuilder builder = Broker.builder().topic("orders", 1);
        for (int i = 0; i < 3; i++) {
            try (Broker broker = builder.start()) {
                assertThat(produceOne(broker, "orders", "k", "v").offset()).isZero();
            }
        }
    }

    private static RecordMetadata produceOne(Broker broker, String topic, String key, String value) throws Exception {
        try (var producer =
                new KafkaProducer<>(broker.clientConfig(), new StringSerializer(), new StringSerializer())) {
            return producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }

    private static void produce(Broker broker, String topic, int records, Map<String, ?> more) throws Exception {
        Map<String, Object> config = broker.clientConfig();
        config.putAll(more);
        config.put("batch.size", 2000);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < records; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, "key-" + i % 10, Integer.toString(i))));
            }
        }
        for (Future<RecordMetadata> future : sent) {
            future.get();
        }
    }

    private static List<ConsumerRecord<String, String>> consume(Broker broker, String topic, int records) {
        Map<String, Object> config = broker.clientConfig();
        config.put("group.id", "billing");
        config.put("auto.offset.reset", "earliest");
        List<ConsumerRecord<String, String>> read = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (read.size() < records) {
                consumer.poll(Duration.ofSeconds(1)).forEach(read::add);
            }
            consumer.commitSync();
        }
        return read;
    }

    private static void assertInOrder(List<ConsumerRecord<String, String>> read, int records) {
        assertThat(read).hasSize(records);
        Map<TopicPartition, Long> nextOffset = new HashMap<>();
        Map<String, Integer> lastOfKey = new HashMap<>();
        for (ConsumerRecord<String, String> record : read) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            assertThat(record.offset()).isEqualTo(nextOffset.getOrDefault(partition, 0L));
            nextOffset.put(partition, record.offset() + 1);
            int number = Integer.parseInt(record.value());
            assertThat(number).isGreaterThan(lastOfKey.getOrDefault(record.key(), -1));
            lastOfKey.put(record.key(), number);
        }
    }
}
