package dev.barnabas.compatibility.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same appends go to Apache Kafka's log and to ours: the same answers, and the same files, byte for byte. */
class TwinLogsTest {
    private static final Uuid TOPIC_ID = new Uuid(11, 22);
    private static final org.apache.kafka.common.Uuid KAFKA_TOPIC_ID = new org.apache.kafka.common.Uuid(11, 22);
    private static final LogConfig CONFIG =
            LogConfig.builder().segmentBytes(5000).indexIntervalBytes(400).build();

    private static final int LARGEST_APPEND_BYTES = 700;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bothAnswerAndWriteTheSame(long seed) throws Exception {
        var kafkaPath = Files.createDirectories(temporary.resolve("kafka"));
        var ourPath = temporary.resolve("ours");
        try (var kafka = new KafkaLog(kafkaPath, CONFIG, KAFKA_TOPIC_ID, true);
                var ours = new OurLog(ourPath, CONFIG, TOPIC_ID)) {
            run(new Script(seed, System.currentTimeMillis() - 100_000), kafka, ours, 300);
            compareState(kafka, ours);
        }
        assertThat(files(ourPath)).isEqualTo(files(kafkaPath));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void eachGoesOnWithTheOthersFiles(long seed) throws Exception {
        var path = Files.createDirectories(temporary.resolve("shared"));
        var mirror = Files.createDirectories(temporary.resolve("mirror"));
        var script = new Script(seed, System.currentTimeMillis() - 100_000);
        try (var kafka = new KafkaLog(path, CONFIG, KAFKA_TOPIC_ID, true);
                var ours = new OurLog(mirror, CONFIG, TOPIC_ID)) {
            run(script, kafka, ours, 100);
        }
        Files.writeString(path.resolve(".kafka_cleanshutdown"), "{\"version\":0,\"brokerEpoch\":1}");
        Files.writeString(
                path.resolve("meta.properties"),
                "version=1\ncluster.id=cluster\nnode.id=1\ndirectory.id=" + new Uuid(5, 6) + "\n");
        try (var kafka = new KafkaLog(mirror, CONFIG, KAFKA_TOPIC_ID, true);
                var ours = new OurLog(path, CONFIG, TOPIC_ID)) {
            assertThat(ours.log.topicId()).isEqualTo(TOPIC_ID);
            compareState(kafka, ours);
            run(script, kafka, ours, 100);
            compareState(kafka, ours);
        }
        try (var kafka = new KafkaLog(path, CONFIG, KAFKA_TOPIC_ID, true);
                var ours = new OurLog(mirror, CONFIG, TOPIC_ID)) {
            compareState(kafka, ours);
            run(script, kafka, ours, 100);
            compareState(kafka, ours);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void bothRecoverTheSameFromAKill(long seed) throws Exception {
        var path = Files.createDirectories(temporary.resolve("live"));
        var forKafka = temporary.resolve("for-kafka");
        var forUs = temporary.resolve("for-us");
        var unused = Files.createDirectories(temporary.resolve("unused"));
        var script = new Script(seed, System.currentTimeMillis() - 100_000);
        try (var kafka = new KafkaLog(unused, CONFIG, KAFKA_TOPIC_ID, true);
                var ours = new OurLog(path, CONFIG, TOPIC_ID)) {
            run(script, kafka, ours, 150);
            copy(path, forKafka);
            copy(path, forUs);
        }
        try (var kafka = new KafkaLog(forKafka, CONFIG, KAFKA_TOPIC_ID, false);
                var ours = new OurLog(forUs, CONFIG, TOPIC_ID)) {
            compareState(kafka, ours);
            run(script, kafka, ours, 100);
            compareState(kafka, ours);
        }
    }

    private static void run(Script script, KafkaLog kafka, OurLog ours, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            // Kafka completes a segment before it looks at the producer: a refused batch can do so too. Ours cannot.
            boolean mayRoll = kafka.log.activeSegment().size() > CONFIG.segmentBytes() - LARGEST_APPEND_BYTES;
            var append = script.next(mayRoll);
            String expected;
            try {
                var info = kafka.append(
                        append.batch(), AppendOrigin.valueOf(append.origin().name()));
                expected = info.firstOffset() + ".." + info.lastOffset() + ", append time " + info.logAppendTime();
            } catch (RuntimeException e) {
                expected = Errors.forException(e).name();
            }
            String actual;
            try {
                var result = ours.log.appendAsLeader(append.batch(), 0, append.origin(), System.currentTimeMillis());
                actual =
                        result.firstOffset() + ".." + result.lastOffset() + ", append time " + result.logAppendTimeMs();
            } catch (ApiException e) {
                actual = e.error().name();
            }
            append.batch().release();
            assertThat(actual).as("append %d: %s", i, append.what()).isEqualTo(expected);
            if (i % 3 == 0) {
                kafka.log.updateHighWatermark(kafka.log.logEndOffset() - i % 2);
                ours.log.updateHighWatermark(ours.log.logEndOffset() - i % 2);
            }
            assertThat(ours.log.lastStableOffset()).as("append %d", i).isEqualTo(kafka.log.lastStableOffset());
        }
    }

    private static void compareState(KafkaLog kafka, OurLog ours) throws IOException {
        long end = kafka.log.logEndOffset();
        assertThat(ours.log.logEndOffset()).isEqualTo(end);
        kafka.log.updateHighWatermark(end);
        ours.log.updateHighWatermark(end);
        assertThat(ours.log.lastStableOffset()).isEqualTo(kafka.log.lastStableOffset());
        assertThat(ours.log.logStartOffset()).isEqualTo(kafka.log.logStartOffset());
        assertThat(producers(ours)).isEqualTo(producers(kafka));
        for (long offset = 0; offset < end; offset += 7) {
            var expected = kafka.read(offset);
            var actual = ours.read(offset);
            assertThat(Arrays.mismatch(actual, expected))
                    .as("first difference of a read at %d, %d bytes and %d", offset, actual.length, expected.length)
                    .isEqualTo(-1);
        }
        for (long offset = 0; offset < end; offset += 31) {
            long from = offset;
            // Kafka's method lists what else ends in the segment, too; its fetch path leaves that out, as ours does.
            var expected = kafka.log.collectAbortedTransactions(from, end).stream()
                    .filter(each -> each.lastOffset() >= from)
                    .map(each -> each.producerId() + "@" + each.firstOffset() + ".." + each.lastOffset() + " "
                            + each.lastStableOffset())
                    .toList();
            var actual = ours.log.abortedTransactions(from, end).stream()
                    .map(each -> each.producerId() + "@" + each.firstOffset() + ".." + each.lastOffset() + " "
                            + each.lastStableOffset())
                    .toList();
            assertThat(actual).isEqualTo(expected);
        }
        assertThat(ours.log.latestEpoch().orElse(-1))
                .isEqualTo(kafka.log.latestEpoch().orElse(-1));
        compareTimestamps(kafka, ours);
    }

    private static void compareTimestamps(KafkaLog kafka, OurLog ours) {
        long now = System.currentTimeMillis();
        for (long target = now - 110_000; target < now; target += 331) {
            var expected = kafka.log
                    .fetchOffsetByTimestamp(target, Optional.empty())
                    .timestampAndOffsetOpt()
                    .map(found -> found.offset + "@" + found.timestamp)
                    .orElse("none");
            var found = ours.log.offsetForTimestamp(target, Long.MAX_VALUE);
            assertThat(found == null ? "none" : found.offset() + "@" + found.timestampMs())
                    .as("timestamp %d", target)
                    .isEqualTo(expected);
        }
        var expected = kafka.log
                .fetchOffsetByTimestamp(-3, Optional.empty())
                .timestampAndOffsetOpt()
                .map(found -> found.offset + "@" + found.timestamp)
                .orElse("none");
        var found = ours.log.offsetOfMaxTimestamp(Long.MAX_VALUE);
        assertThat(found == null ? "none" : found.offset() + "@" + found.timestampMs())
                .isEqualTo(expected);
    }

    private static Map<Long, String> producers(KafkaLog kafka) {
        return kafka.log.activeProducers().stream()
                .collect(Collectors.toMap(
                        each -> each.producerId(),
                        each -> each.producerEpoch() + " " + each.lastSequence() + " " + each.lastTimestamp() + " "
                                + each.coordinatorEpoch() + " " + each.currentTxnStartOffset()));
    }

    private static Map<Long, String> producers(OurLog ours) {
        return ours.log.activeProducers().stream()
                .collect(Collectors.toMap(
                        each -> each.producerId(),
                        each -> each.producerEpoch() + " " + each.lastSequence() + " " + each.lastTimestampMs() + " "
                                + each.coordinatorEpoch() + " " + each.currentTxnFirstOffset()));
    }

    /** Names and contents; the producers in a snapshot are in no order, so only its size counts here. */
    private static Map<String, String> files(Path logDirectory) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var paths = Files.list(logDirectory.resolve("orders-0"))) {
            for (var path : paths.toList()) {
                var name = path.getFileName().toString();
                contents.put(
                        name,
                        name.endsWith(".snapshot")
                                ? Files.size(path) + " bytes"
                                : HexFormat.of().formatHex(Files.readAllBytes(path)));
            }
        }
        return contents;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (var path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }
}
