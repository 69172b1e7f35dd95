package dev.barnabas.examples.quickstart;

import dev.barnabas.broker.Broker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Starts a broker in this JVM, creates a topic, produces to it and consumes from it in a group with Kafka's own client. */
public final class Quickstart {

    private static final int RECORDS = 10;

    private Quickstart() {}

    public static void main(String[] args) throws ExecutionException, InterruptedException {
        try (Broker broker = Broker.builder().start()) {
            System.out.println("Broker listens on " + broker.bootstrapServers());
            Map<String, Object> config = broker.clientConfig();

            try (Admin admin = Admin.create(config)) {
                admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                        .all()
                        .get();
                System.out.println("Created topic orders with 3 partitions");
            }
            produce(config);
            consume(config);
        }
        System.out.println("Broker stopped");
    }

    private static void produce(Map<String, Object> config) {
        try (Producer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                var record = new ProducerRecord<>("orders", "customer-" + i % 3, "order " + i);
                producer.send(record, (metadata, error) -> report(record, metadata, error));
            }
        }
    }

    private static void report(ProducerRecord<String, String> record, RecordMetadata metadata, Exception error) {
        if (error == null) {
            System.out.println("Produced " + record.value() + " to " + metadata);
        } else {
            System.out.println("Could not produce " + record.value() + ": " + error);
        }
    }

    private static void consume(Map<String, Object> config) {
        Map<String, Object> consumerConfig = new HashMap<>(config);
        consumerConfig.put(ConsumerConfig.GROUP_ID_CONFIG, "billing");
        consumerConfig.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (Consumer<String, String> consumer =
                new KafkaConsumer<>(consumerConfig, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            int consumed = 0;
            while (consumed < RECORDS) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    System.out.printf(
                            "Consumed %s with key %s from %s-%d at offset %d%n",
                            record.value(), record.key(), record.topic(), record.partition(), record.offset());
                    consumed++;
                }
            }
            consumer.commitSync();
            System.out.println("Group billing committed its offsets");
        }
    }
}
