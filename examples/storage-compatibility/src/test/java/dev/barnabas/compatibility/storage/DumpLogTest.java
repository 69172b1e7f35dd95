package dev.barnabas.compatibility.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.LogConfig;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kafka-dump-log} and the readers of Apache Kafka's small files accept every kind of file that we write. */
class DumpLogTest {
    private static final Uuid TOPIC_ID = new Uuid(11, 22);
    private static final LogConfig CONFIG =
            LogConfig.builder().segmentBytes(5000).indexIntervalBytes(400).build();

    @TempDir
    Path path;

    private void write(int appends) throws IOException {
        var script = new Script(5, System.currentTimeMillis() - 100_000);
        try (var ours = new OurLog(path, CONFIG, TOPIC_ID)) {
            for (int i = 0; i < appends; i++) {
                var append = script.next(false);
                try {
                    ours.log.appendAsLeader(append.batch(), 4, append.origin(), System.currentTimeMillis());
                } catch (ApiException refused) {
                    assertThat(refused.error().name()).isNotEqualTo("KAFKA_STORAGE_ERROR");
                } finally {
                    append.batch().release();
                }
            }
            ours.log.updateHighWatermark(ours.log.logEndOffset());
            ours.log.advanceLogStartOffset(3, System.currentTimeMillis());
        }
    }

    private List<Path> files(Path directory, String suffix) throws IOException {
        try (var paths = Files.list(directory)) {
            return paths.filter(each -> each.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    /** What the tool prints, on both streams. */
    private static String dump(List<Path> files, String... options) throws IOException {
        var arguments = new ArrayList<>(Arrays.asList(options));
        arguments.add("--files");
        arguments.add(String.join(",", files.stream().map(Path::toString).toList()));
        var printed = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        try (var stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(stream);
            System.setErr(stream);
            DumpLogSegments.main(arguments.toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static void assertSound(String dumped) {
        assertThat(dumped)
                .doesNotContain("isvalid: false")
                .doesNotContain("Mismatches")
                // The tool counts the beginning of every segment but the first as a gap after offset -1.
                .doesNotContainPattern("(?m)^ *\\d+ is followed by")
                .doesNotContain("Found timestamp mismatch")
                .doesNotContain("Found out of order timestamp")
                .doesNotContain("non-monotonic")
                .doesNotContain("trailing")
                .doesNotContainIgnoringCase("exception")
                .doesNotContainIgnoringCase("corrupt");
    }

    @Test
    void readsSegmentsWithEveryRecord() throws IOException {
        write(300);
        var logs = files(path.resolve("orders-0"), ".log");
        assertThat(logs).hasSizeGreaterThan(5);
        var dumped = dump(logs, "--deep-iteration", "--print-data-log");
        assertSound(dumped);
        assertThat(dumped)
                .contains("isvalid: true", "partitionLeaderEpoch: 4", "endTxnMarker: ABORT", "compresscodec: gzip");
    }

    @Test
    void checksIndexesAgainstTheirSegments() throws IOException {
        write(300);
        var directory = path.resolve("orders-0");
        var indexes = files(directory, ".index");
        assertThat(indexes).hasSizeGreaterThan(5);
        for (var index : indexes) {
            assertThat(dump(List.of(index), "--index-sanity-check"))
                    .containsPattern(Files.size(index) == 0 ? "is empty" : "passed sanity check");
            assertSound(dump(List.of(index), "--verify-index-only"));
            assertSound(dump(List.of(index)));
        }
        for (var index : files(directory, ".timeindex")) {
            assertThat(dump(List.of(index), "--index-sanity-check")).contains("passed sanity check");
            assertSound(dump(List.of(index), "--verify-index-only"));
        }
    }

    @Test
    void readsTransactionIndexesAndProducerSnapshots() throws IOException {
        write(300);
        var directory = path.resolve("orders-0");
        var aborted = dump(files(directory, ".txnindex"));
        assertSound(aborted);
        assertThat(aborted).contains("version: 0 producerId: 100");
        var snapshots = dump(files(directory, ".snapshot"));
        assertSound(snapshots);
        assertThat(snapshots).contains("producerId: 1001 producerEpoch: ");
    }

    @Test
    void decodesTheOffsetsTopic() throws IOException {
        var partition = new TopicPartition("__consumer_offsets", 7);
        try (var ours = new OurLog(path, partition, CONFIG, TOPIC_ID);
                var builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            var key = new OffsetCommitKey()
                    .setGroup("my-group")
                    .setTopic("orders")
                    .setPartition(3);
            var value = new OffsetCommitValue().setOffset(42).setMetadata("m").setCommitTimestamp(99);
            builder.append(
                    System.currentTimeMillis(),
                    MessageUtil.toCoordinatorTypePrefixedBytes(key),
                    MessageUtil.toVersionPrefixedBytes((short) 3, value));
            var batch = builder.build();
            ours.log.appendAsLeader(batch, 0, AppendOrigin.COORDINATOR, System.currentTimeMillis());
            batch.release();
        }
        var dumped = dump(files(path.resolve("__consumer_offsets-7"), ".log"), "--offsets-decoder");
        assertSound(dumped);
        assertThat(dumped).contains("my-group").contains("\"offset\":42");
    }

    @Test
    void theSmallFilesAreKafkas() throws IOException {
        write(300);
        var failures = new LogDirFailureChannel(1);
        var orders = new org.apache.kafka.common.TopicPartition("orders", 0);
        var directory = path.resolve("orders-0").toFile();
        var recoveryPoints = new OffsetCheckpointFile(
                        path.resolve("recovery-point-offset-checkpoint").toFile(), failures)
                .read();
        assertThat(recoveryPoints.get(orders)).isGreaterThan(100);
        assertThat(new OffsetCheckpointFile(
                                path.resolve("replication-offset-checkpoint").toFile(), failures)
                        .read())
                .isEqualTo(recoveryPoints);
        assertThat(new OffsetCheckpointFile(
                                path.resolve("log-start-offset-checkpoint").toFile(), failures)
                        .read())
                .containsEntry(orders, 3L);
        assertThat(new LeaderEpochCheckpointFile(LeaderEpochCheckpointFile.newFile(directory), failures).read())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.epoch()).isEqualTo(4);
                    assertThat(entry.startOffset()).isEqualTo(3);
                });
        assertThat(new PartitionMetadataFile(PartitionMetadataFile.newFile(directory), failures)
                        .read()
                        .topicId())
                .isEqualTo(new org.apache.kafka.common.Uuid(11, 22));
        assertThat(new CleanShutdownFileHandler(path.toString()).exists()).isTrue();
        var meta = new MetaPropertiesEnsemble.Loader()
                .addLogDirs(List.of(path.toString()))
                .load();
        assertThat(meta.errorLogDirs()).isEmpty();
        assertThat(meta.clusterId()).hasValue("cluster");
        assertThat(meta.nodeId()).hasValue(1);
    }
}
