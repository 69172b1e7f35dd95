package dev.barnabas.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a broker twenty times, at random moments, while producers write, a group commits, topics come and go, segments
 * roll, old records are deleted and superseded ones compacted away; some of the kills hit it while it starts. Clients go
 * on across the kills. In the end everything that was acknowledged is there, once and in order.
 *
 * <p>{@code -Dcrash.seed} repeats the moments and the data of a run, {@code -Dcrash.kills} sets the number.
 */
@Timeout(240)
class CrashTest {

    private static final int KILLS = Integer.getInteger("crash.kills", 20);
    private static final String GROUP = "committers";

    /** About what it takes a process to serve. */
    private static final int STARTING_MS = 500;

    /** Rolls often. */
    private static final String STEADY = "steady";
    /** Acknowledges what is on disk only. */
    private static final String FLUSHED = "flushed";
    /** Loses its oldest segments to retention and its oldest records to DeleteRecords. */
    private static final String TRIMMED = "trimmed";

    /** Keeps the newest record of each key; the cleaner runs all the time, also over the group's offsets. */
    private static final String COMPACTED = "compacted";

    private static final Map<String, NewTopic> TOPICS = Map.of(
            STEADY, new NewTopic(STEADY, 3, (short) 1).configs(Map.of("internal.segment.bytes", "200000")),
            FLUSHED,
                    new NewTopic(FLUSHED, 2, (short) 1)
                            .configs(Map.of("flush.messages", "1", "internal.segment.bytes", "200000")),
            TRIMMED,
                    new NewTopic(TRIMMED, 2, (short) 1)
                            .configs(Map.of("retention.bytes", "1000000", "internal.segment.bytes", "100000")),
            COMPACTED,
                    new NewTopic(COMPACTED, 2, (short) 1)
                            .configs(Map.of("cleanup.policy", "compact", "internal.segment.bytes", "50000")));

    private final long seed = Long.getLong("crash.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final List<SequencedProducer> producers = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int port;
    private int killsDuringStart;

    /** What the group was told to be committed when the broker was last killed. */
    private Map<TopicPartition, Long> committed = Map.of();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path temporary;

    @BeforeEach
    void printSeed() throws IOException {
        port = freePort();
        System.out.println("CrashTest seed=" + seed + " (repeat it by -Dcrash.seed=" + seed + ")");
    }

    /** Below the range from which clients get theirs: the port is closed again and again while they try to connect. */
    private int freePort() throws IOException {
        while (true) {
            int candidate = 20_000 + new Random().nextInt(10_000);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                continue;
            }
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesTwentyKillsOnceAndInOrder() throws Exception {
        long beganNanos = System.nanoTime();
        Map<String, Object> client = client();
        BrokerProcess broker = start(0);
        try (Admin admin = Admin.create(client)) {
            broker.awaitReady();
            admin.createTopics(TOPICS.values()).all().get();
            rollOffsetsOften(admin);
            startProducers(client);
            try (var consumer = new CommittingConsumer(GROUP, client, STEADY);
                    var churn = new TopicChurn(client, random.nextLong())) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    broker = killAndRestart(kill, broker, admin, consumer);
                }
                broker.awaitReady();
                for (SequencedProducer producer : producers) {
                    producer.close();
                }
                churn.close();
                consumer.close();
                check(client, admin, consumer, churn, beganNanos);
            }
        } finally {
            broker.close();
        }
        checkBrokerLog();
        assertThat(problems).isEmpty();
    }

    /** So that there is something to compact: a commit is only some hundred bytes. */
    private static void rollOffsetsOften(Admin admin) throws Exception {
        var partition = new TopicPartition(STEADY, 0);
        admin.alterConsumerGroupOffsets("maker-of-the-offsets-topic", Map.of(partition, new OffsetAndMetadata(0)))
                .all()
                .get();
        var offsets = new ConfigResource(ConfigResource.Type.TOPIC, "__consumer_offsets");
        var small = new AlterConfigOp(new ConfigEntry("internal.segment.bytes", "10000"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(offsets, List.of(small))).all().get();
    }

    private Map<String, Object> client() {
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", "127.0.0.1:" + port);
        client.put("reconnect.backoff.ms", 10);
        client.put("reconnect.backoff.max.ms", 50);
        client.put("retry.backoff.ms", 10);
        client.put("retry.backoff.max.ms", 50);
        return client;
    }

    private BrokerProcess start(int round) throws IOException {
        List<String> properties = new ArrayList<>(List.of(
                "auto.create.topics.enable=false", // clients ask for deleted topics now and then
                "log.retention.check.interval.ms=300",
                "log.cleaner.backoff.ms=50",
                "log.cleaner.min.cleanable.ratio=0.1",
                "offsets.topic.num.partitions=4",
                "log.flush.offset.checkpoint.interval.ms=" + (100 + random.nextInt(2000)),
                "log.segment.delete.delay.ms=" + random.nextInt(1000)));
        if (round % 4 == 3) {
            properties.add("log.flush.interval.messages=1");
        }
        return BrokerProcess.start(temporary.resolve("data"), port, brokerLog(), properties);
    }

    private Path brokerLog() {
        return temporary.resolve("broker.log");
    }

    private void startProducers(Map<String, Object> client) {
        String[] compressions = {"none", "lz4", "none", "zstd", "gzip", "snappy"};
        for (int i = 0; i < compressions.length; i++) {
            startProducer("producer-" + i, compressions[i], client);
        }
    }

    private void startProducer(String name, String compression, Map<String, Object> client) {
        List<TopicPartition> partitions = TOPICS.values().stream()
                .flatMap(topic -> IntStream.range(0, topic.numPartitions())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                .toList();
        producers.add(new SequencedProducer(name, client, compression, partitions, random.nextLong()));
    }

    private BrokerProcess killAndRestart(int kill, BrokerProcess broker, Admin admin, CommittingConsumer consumer)
            throws Exception {
        if (kill > 1 && random.nextInt(4) == 0) {
            pauseMs(random.nextInt(STARTING_MS));
        } else {
            broker.awaitReady();
            checkCommitted(admin, committed);
            if (kill % 5 == 0) {
                replaceProducer(kill);
            }
            pauseMs(200 + random.nextInt(1200));
            if (kill % 3 == 0) {
                deleteSomeRecords(admin);
            }
        }
        committed = consumer.acknowledged();
        killsDuringStart += broker.isReady() ? 0 : 1;
        broker.kill();
        return start(kill);
    }

    /** Moments are chosen at random, so they are waited for. */
    private static void pauseMs(long milliseconds) throws InterruptedException {
        new CountDownLatch(1).await(milliseconds, TimeUnit.MILLISECONDS);
    }

    private void replaceProducer(int kill) {
        producers.get(producers.size() - 1).abandon();
        startProducer("producer-after-" + kill, "none", client());
    }

    /** Asks for half of a partition to be deleted; the kill that follows may come before the answer. */
    private void deleteSomeRecords(Admin admin) throws Exception {
        var partition = new TopicPartition(TRIMMED, random.nextInt(2));
        long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end / 2)));
    }

    private void checkCommitted(Admin admin, Map<TopicPartition, Long> acknowledged) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        acknowledged.forEach((partition, offset) -> {
            OffsetAndMetadata found = committed.get(partition);
            if (found == null || found.offset() < offset) {
                problems.add("committed in " + partition + ": " + found + " (expected: at least " + offset + ")");
            }
        });
    }

    private void check(
            Map<String, Object> client, Admin admin, CommittingConsumer consumer, TopicChurn churn, long beganNanos)
            throws Exception {
        producers.forEach(producer -> problems.addAll(producer.failures()));
        problems.addAll(consumer.failures());
        problems.addAll(churn.failures());
        checkCommitted(admin, consumer.acknowledged());
        checkNewMember(client, consumer);
        checkTopics(client, admin, churn);
        var readBack = new ReadBack(producers, Set.of(COMPACTED));
        readBack.run(client);
        problems.addAll(readBack.problems());
        System.out.printf(
                "CrashTest kills=%d duringStart=%d acknowledged=%d recovered=%d lost=%d duplicates=%d"
                        + " neverAcknowledgedButThere=%d commits=%d consumed=%d topicChanges=%d seconds=%d%n",
                KILLS,
                killsDuringStart,
                producers.stream().mapToLong(SequencedProducer::acknowledged).sum(),
                readBack.records(),
                readBack.lost(),
                readBack.duplicates(),
                readBack.neverAcknowledged(),
                consumer.commits(),
                consumer.records(),
                churn.changes(),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos));
        assertThat(consumer.commits()).isPositive();
        assertThat(churn.changes()).isPositive();
    }

    /** A new member of the group begins between the last acknowledged and the last attempted commit. */
    private void checkNewMember(Map<String, Object> client, CommittingConsumer before) {
        try (var member = new KafkaConsumer<>(
                CommittingConsumer.config(GROUP, client), new StringDeserializer(), new StringDeserializer())) {
            member.committed(before.acknowledged().keySet()).forEach((partition, offset) -> {
                long attempted = before.attempted().get(partition);
                if (offset.offset() > attempted) {
                    problems.add(
                            "committed in " + partition + ": " + offset + " (expected: at most " + attempted + ")");
                }
            });
        }
    }

    private void checkTopics(Map<String, Object> client, Admin admin, TopicChurn churn) throws Exception {
        Map<String, Uuid> found = new HashMap<>();
        admin.listTopics().listings().get().forEach(topic -> {
            if (TopicChurn.isName(topic.name())) {
                found.put(topic.name(), topic.topicId());
            }
        });
        assertThat(found).isEqualTo(churn.existing());
        try (var reader = new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            for (String topic : churn.existing().keySet()) {
                checkTopic(reader, topic, churn.existing().get(topic).toString());
            }
        }
    }

    private static void checkTopic(KafkaConsumer<String, String> reader, String topic, String id) {
        List<TopicPartition> partitions = IntStream.range(0, TopicChurn.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        assertThat(reader.endOffsets(partitions).values()).containsOnly(1L);
        List<String> values = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (values.size() < partitions.size() && System.nanoTime() < deadlineNanos) {
            for (ConsumerRecord<String, String> record : reader.poll(Duration.ofMillis(100))) {
                values.add(record.value());
            }
        }
        assertThat(values).hasSize(partitions.size()).containsOnly(id);
    }

    /** A kill is no bug of the broker's: it has nothing to report as an error. */
    private void checkBrokerLog() throws IOException {
        List<String> errors = Files.readAllLines(brokerLog()).stream()
                .filter(line -> line.contains(" ERROR ") || line.contains("Exception"))
                .limit(20)
                .toList();
        assertThat(errors).isEmpty();
    }
}
