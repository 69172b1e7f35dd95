package dev.barnabas.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.barnabas.broker.Broker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker in a field: each test has one of its own, in memory, on a free port. */
class EmbeddedBrokerTest {

    private Broker broker;

    @BeforeEach
    void startBroker() {
        broker = Broker.builder().topic("payments", 1).start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void whatIsProducedIsConsumed() throws Exception {
        try (var producer =
                new KafkaProducer<>(broker.clientConfig(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("payments", "alice", "10 EUR")).get();
        }

        Map<String, Object> config = new HashMap<>(broker.clientConfig());
        config.put("auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("payments", 0)));

            var records = consumer.poll(Duration.ofSeconds(10));

            assertThat(records)
                    .extracting(ConsumerRecord::key, ConsumerRecord::value)
                    .containsExactly(tuple("alice", "10 EUR"));
        }
    }

    @Test
    void noTestSeesTheRecordsOfAnother() {
        try (var consumer =
                new KafkaConsumer<>(broker.clientConfig(), new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition("payments", 0);

            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 0L);
        }
    }
}
