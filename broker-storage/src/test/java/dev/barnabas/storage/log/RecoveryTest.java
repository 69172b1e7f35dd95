package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FailingFileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    private static final long T = TestStore.NOW_MS;
    private static final LogConfig SMALL =
            LogConfig.builder().segmentBytes(800).indexIntervalBytes(100).build();
    private static final String FIRST = "orders-0/00000000000000000000";

    private final MemoryFileSystem files = new MemoryFileSystem("memory");
    private final TestStore store = new TestStore(files, SMALL);

    private void appendNumbers(int count) {
        for (int i = 0; i < count; i++) {
            store.append(Batches.of(T + i, "value-" + i));
        }
    }

    /** Flips a byte of a file. */
    private static void damage(MemoryFileSystem image, String path, int position) throws IOException {
        var content = image.read(path);
        content[position] ^= 1;
        image.write(path, Unpooled.wrappedBuffer(content));
    }

    @Test
    void truncatesAtTheFirstBatchWhoseChecksumFailsAndDeletesWhatFollows() throws IOException {
        appendNumbers(50);
        var image = files.afterProcessDeath();
        int batchBytes = Batches.of(T, "value-0").readableBytes();
        damage(image, FIRST + ".log", 3 * batchBytes - 1);
        var recovered = new TestStore(image, SMALL);
        assertThat(recovered.log.logEndOffset()).isEqualTo(2);
        assertThat(recovered.values(0)).containsExactly("value-0", "value-1");
        assertThat(image.files("orders-0").stream().filter(name -> name.endsWith(".log")))
                .containsExactly("00000000000000000000.log");
        recovered.append(Batches.of(T, "new"));
        assertThat(recovered.values(2)).containsExactly("new");
    }

    @Test
    void truncatesABatchThatWasWrittenInPart() throws IOException {
        appendNumbers(3);
        var image = files.afterProcessDeath();
        var content = image.read(FIRST + ".log");
        image.write(FIRST + ".log", Unpooled.wrappedBuffer(content, 0, content.length - 7));
        assertThat(new TestStore(image, SMALL).log.logEndOffset()).isEqualTo(2);
    }

    @Test
    void doesNotBelieveAnAbsurdLength() throws IOException {
        appendNumbers(3);
        var image = files.afterProcessDeath();
        damage(image, FIRST + ".log", 8);
        assertThat(new TestStore(image, SMALL).log.logEndOffset()).isZero();
    }

    @Test
    void aPowerLossDoesNotBringTheMarkOfACleanShutdownBack() throws IOException {
        var disk = new FailingFileSystem(new MemoryFileSystem("memory"));
        var restarted = new TestStore(disk, SMALL);
        restarted.append(Batches.of(T, "before"));
        restarted.directory.close();
        assertThat(disk.exists(".kafka_cleanshutdown")).isTrue();
        restarted.reopen();
        disk.undoDeletions();
        assertThat(disk.exists(".kafka_cleanshutdown")).isFalse();
    }

    @Test
    void readsOnlyFromTheRecoveryPointOn() throws IOException {
        appendNumbers(30);
        var flush = store.log.prepareFlush();
        flush.run();
        store.log.onFlushed(flush);
        store.directory.checkpoint();
        appendNumbers(2);
        var image = files.afterProcessDeath();
        damage(image, FIRST + ".log", 100);
        assertThat(new TestStore(image, SMALL).log.logEndOffset()).isEqualTo(32);
    }

    @Test
    void buildsIndexesAnewThatAreMissingOrDamaged() throws IOException {
        appendNumbers(50);
        store.directory.close();
        files.delete(FIRST + ".index");
        damage(files, FIRST + ".timeindex", 0);
        var reopened = new TestStore(files, SMALL);
        assertThat(reopened.values(3)).hasSize(47);
        var found = reopened.log.offsetForTimestamp(T + 5, 100);
        assertThat(found).isNotNull();
        assertThat(found.offset()).isEqualTo(5);
        assertThat(reopened.log.logEndOffset()).isEqualTo(50);
        assertThat(files.exists(FIRST + ".index")).isTrue();
    }

    @Test
    void remembersTheLogStartAndTheHighWatermark() {
        appendNumbers(20);
        store.log.updateHighWatermark(15);
        store.log.advanceLogStartOffset(2, T);
        store.reopen();
        assertThat(store.log.logStartOffset()).isEqualTo(2);
        assertThat(store.log.highWatermark()).isEqualTo(15);
    }

    @Test
    void aRecreatedPartitionDoesNotInheritTheOffsetsOfTheDeletedOne() {
        appendNumbers(20);
        store.log.updateHighWatermark(20);
        store.log.advanceLogStartOffset(10, T);
        store.directory.checkpoint();
        store.directory.delete(TestStore.PARTITION, T);
        store.log = store.directory.create(TestStore.PARTITION, TestStore.TOPIC_ID, SMALL);
        appendNumbers(3);
        var recovered = new TestStore(files.afterProcessDeath(), SMALL);
        assertThat(recovered.log.logStartOffset()).isZero();
        assertThat(recovered.values(0)).hasSize(3);
    }

    @Test
    void aCleanShutdownLeavesTheMarkerAndAnOpenDirectoryDoesNot() {
        assertThat(files.exists(".kafka_cleanshutdown")).isFalse();
        store.directory.close();
        assertThat(files.exists(".kafka_cleanshutdown")).isTrue();
        store.directory.close();
    }

    @Test
    void writesMetaPropertiesAndPartitionMetadataAsKafkaDoes() throws IOException {
        var meta = new String(files.read("meta.properties"), StandardCharsets.UTF_8);
        assertThat(meta)
                .isEqualTo("cluster.id=test-cluster\ndirectory.id="
                        + store.directory.properties().directoryId() + "\nnode.id=1\nversion=1\n");
        assertThat(new String(files.read("orders-0/partition.metadata"), StandardCharsets.UTF_8))
                .isEqualTo("version: 0\ntopic_id: " + TestStore.TOPIC_ID);
    }

    @Test
    void refusesADirectoryOfAnotherBrokerOrCluster() {
        store.directory.close();
        assertThatThrownBy(() -> LogDirectory.open(files, "test-cluster", 2, SMALL, Batches.ALLOCATOR, new Random(), T))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("node.id: 2 (expected: 1");
        assertThatThrownBy(() -> LogDirectory.open(files, "other", 1, SMALL, Batches.ALLOCATOR, new Random(), T))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cluster.id: other (expected: test-cluster");
        LogDirectory.open(files, null, 1, SMALL, Batches.ALLOCATOR, new Random(), T)
                .close();
    }

    @Test
    void saysWhoHoldsTheDirectory(@TempDir Path path) throws IOException {
        var first = new TestStore(new DiskFileSystem(path), SMALL);
        var again = new DiskFileSystem(path);
        assertThatThrownBy(() -> LogDirectory.open(again, null, 1, SMALL, Batches.ALLOCATOR, new Random(), T))
                .isInstanceOf(StorageException.class)
                .hasMessage("directory: " + path + " is in use by another broker of this process");
        first.directory.close();
        LogDirectory.open(again, null, 1, SMALL, Batches.ALLOCATOR, new Random(), T)
                .close();
    }

    @Test
    void aDeletedPartitionsDirectoryIsRenamedAndGoesAfterItsDelay(@TempDir Path path) throws IOException {
        var disk = new TestStore(new DiskFileSystem(path), SMALL);
        disk.append(Batches.of(T, "a"));
        var slice = disk.log.read(0, 1000, 1, true).records();
        disk.directory.delete(TestStore.PARTITION, T);
        try (var names = Files.list(path)) {
            assertThat(names.map(each -> each.getFileName().toString()).filter(name -> name.startsWith("orders")))
                    .singleElement()
                    .asString()
                    .matches("orders-0\\.[0-9a-f]{32}-delete");
        }
        disk.directory.deleteExpiredFiles(T + SMALL.fileDeleteDelayMs());
        try (var names = Files.list(path)) {
            assertThat(names.map(each -> each.getFileName().toString()).filter(name -> name.startsWith("orders")))
                    .isEmpty();
        }
        var bytes = Unpooled.buffer();
        slice.writeTo(bytes);
        assertThat(Batches.records(bytes)).extracting(Batches.Seen::value).containsExactly("a");
        slice.release();
        disk.directory.close();
    }
}
