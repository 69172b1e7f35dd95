package dev.barnabas.broker.internal.controller;

import static dev.barnabas.broker.internal.controller.TestControlPlane.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.broker.internal.metadata.Features;
import dev.barnabas.protocol.message.DeleteTopicsRequest;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {

    @Test
    void whatWasDecidedIsThereAfterARestartInMemory() throws Exception {
        assertRestarts(new MemoryFileSystem("memory"), false, Map.of());
    }

    @Test
    void whatWasDecidedIsThereAfterARestartOnDisk(@TempDir Path directory) throws Exception {
        assertRestarts(new DiskFileSystem(directory), true, Map.of());
    }

    @Test
    void aSnapshotStandsForTheBeginningOfTheLog(@TempDir Path directory) throws Exception {
        var files = new DiskFileSystem(directory);
        assertRestarts(files, true, Map.of("metadata.log.max.record.bytes.between.snapshots", "2000"));

        assertThat(snapshots(files)).hasSize(1);
    }

    @Test
    void aSnapshotIsTakenOfAChangeLongAfterTheLast() throws Exception {
        var files = new MemoryFileSystem("memory");
        try (var control = new TestControlPlane(files, false, Map.of())) {
            control.create(topic("a", 1));
            assertThat(snapshots(files)).isEmpty();

            control.clock.advance(3_600_000);
            control.create(topic("b", 1));
            assertThat(snapshots(files)).hasSize(1);

            control.restart();
            assertThat(control.image().topics()).hasSize(2);
        }
    }

    private static List<String> snapshots(FileSystem files) throws IOException {
        return files.files("__cluster_metadata-0").stream()
                .filter(name -> name.matches("\\d{20}-\\d{10}\\.checkpoint"))
                .toList();
    }

    private static void assertRestarts(FileSystem files, boolean durable, Map<String, String> settings) {
        try (var control = new TestControlPlane(files, durable, settings)) {
            for (int i = 0; i < 50; i++) {
                control.create(topic("t" + i, 3, "retention.ms", "" + (1000 + i)));
            }
            control.decide(new DeleteTopicsRequest().setTopicNames(List.of("t7", "t8")), 3);
            var block = control.await(control.plane.controller().allocateProducerIds());
            var before = control.image();
            long epoch = control.image().brokers().get(0).epoch();

            for (int restart = 0; restart < 3; restart++) {
                control.restart();

                var after = control.image();
                assertThat(after.topics()).containsExactlyInAnyOrderElementsOf(before.topics());
                assertThat(after.topicConfigs("t9")).isEqualTo(Map.of("retention.ms", "1009"));
                assertThat(after.topicConfigs("t7")).isEmpty();
                assertThat(after.features())
                        .isEqualTo(Map.of(Features.METADATA_VERSION_NAME, Features.METADATA_VERSION));
                assertThat(after.brokers().get(0).epoch()).isGreaterThan(epoch);
                epoch = after.brokers().get(0).epoch();
            }
            var next = control.await(control.plane.controller().allocateProducerIds());
            assertThat(next.first()).isEqualTo(block.first() + block.count());
            assertThat(control.createError(topic("t7", 1))).isEqualTo(dev.barnabas.protocol.ErrorCode.NONE);
        }
    }

    @Test
    void aDamagedSnapshotIsRefusedAndNotGuessedAt(@TempDir Path directory) throws Exception {
        var files = new DiskFileSystem(directory);
        var settings = Map.of("metadata.log.max.record.bytes.between.snapshots", "2000");
        try (var control = new TestControlPlane(files, true, settings)) {
            for (int i = 0; i < 30; i++) {
                control.create(topic("t" + i, 3));
            }
        }
        Path snapshot = directory
                .resolve("__cluster_metadata-0")
                .resolve(snapshots(files).get(0));
        byte[] content = Files.readAllBytes(snapshot);
        content[content.length / 2] ^= 1;
        Files.write(snapshot, content);

        assertThatThrownBy(() -> new TestControlPlane(files, true, settings))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("metadata snapshot");
    }
}
