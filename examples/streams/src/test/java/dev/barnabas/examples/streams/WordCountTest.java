package dev.barnabas.examples.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.Broker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classic example of Kafka Streams: words counted over a repartition topic and a store with a changelog. */
class WordCountTest {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static Topology topology() {
        var builder = new StreamsBuilder();
        builder.<String, String>stream("lines")
                .flatMapValues(line -> Arrays.asList(line.split(" ")))
                .groupBy((key, word) -> word, Grouped.with(Serdes.String(), Serdes.String()))
                .count(Materialized.as("counts"))
                .toStream()
                .to("words", Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    private static Properties config(Broker broker, Path stateDirectory) {
        var config = new Properties();
        config.putAll(broker.clientConfig());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "word-count");
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        // Kafka Streams does not leave its group when it closes: the next instance waits for the session's end.
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 500);
        return config;
    }

    private static KafkaStreams run(Broker broker, Path stateDirectory) throws InterruptedException {
        var streams = new KafkaStreams(topology(), config(broker, stateDirectory));
        var running = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
        });
        streams.start();
        assertThat(running.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return streams;
    }

    private static void produce(Broker broker, String... lines) {
        try (var producer =
                new KafkaProducer<>(broker.clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (String line : lines) {
                producer.send(new ProducerRecord<>("lines", null, line));
            }
        }
    }

    /** The last count of each word, read until they are as expected. */
    private static Map<String, Long> countsUntil(Broker broker, Map<String, Long> expected) {
        Map<String, Object> config = new HashMap<>(broker.clientConfig());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, "reader");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        Map<String, Long> counts = new TreeMap<>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of("words"));
            for (int i = 0; i < DEADLINE.toMillis() / 100 && !counts.equals(expected); i++) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> counts.put(record.key(), record.value()));
            }
        }
        return counts;
    }

    @Test
    void wordsAreCountedAndGoOnBeingCountedAfterARestart(@TempDir Path first, @TempDir Path second) throws Exception {
        try (var broker = Broker.builder().topic("lines", 3).topic("words", 2).start()) {
            try (var streams = run(broker, first)) {
                produce(broker, "to be or not to be", "to do");
                var expected = Map.of("to", 3L, "be", 2L, "or", 1L, "not", 1L, "do", 1L);
                assertThat(countsUntil(broker, expected)).isEqualTo(expected);
            }

            // Another state directory: the store is read back from its changelog.
            try (var streams = run(broker, second)) {
                produce(broker, "do be");
                var expected = Map.of("to", 3L, "be", 3L, "or", 1L, "not", 1L, "do", 2L);
                assertThat(countsUntil(broker, expected)).isEqualTo(expected);
            }
            try (var admin = Admin.create(broker.clientConfig())) {
                assertThat(new ArrayList<>(admin.listTopics().names().get()))
                        .contains("word-count-counts-changelog", "word-count-counts-repartition");
            }
        }
    }
}
