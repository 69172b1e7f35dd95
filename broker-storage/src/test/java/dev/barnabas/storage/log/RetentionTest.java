package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.MemoryFileSystem;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final long T = TestStore.NOW_MS;

    private final MemoryFileSystem files = new MemoryFileSystem("memory");

    private static LogConfig.Builder small() {
        return LogConfig.builder().segmentBytes(800).indexIntervalBytes(100);
    }

    private TestStore filled(LogConfig config, int records) {
        var store = new TestStore(files, config);
        for (int i = 0; i < records; i++) {
            store.append(Batches.of(T + i, "value-" + i));
        }
        store.log.updateHighWatermark(records);
        return store;
    }

    private int segments() throws IOException {
        return (int) files.files("orders-0").stream()
                .filter(name -> name.endsWith(".log"))
                .count();
    }

    @Test
    void keepsTheLogWithinItsBytes() throws IOException {
        var store = filled(small().retentionBytes(2000).build(), 100);
        int before = segments();
        assertThat(store.log.applyRetention(T)).isPositive();
        assertThat(segments()).isLessThan(before);
        assertThat(store.log.sizeInBytes()).isBetween(2000L, 2800L);
        assertThat(store.values(store.log.logStartOffset())).hasSize((int) (100 - store.log.logStartOffset()));
        assertThat(store.log.applyRetention(T)).isZero();
    }

    @Test
    void deletesSegmentsWhoseNewestRecordIsTooOld() {
        var store = filled(small().retentionMs(1000).build(), 100);
        assertThat(store.log.applyRetention(T + 900)).isZero();
        store.log.applyRetention(T + 1050);
        assertThat(store.log.logStartOffset()).isBetween(30L, 50L);
    }

    @Test
    void emptiesALogWhoseRecordsAreAllTooOldAndGoesOnAtItsEnd() throws IOException {
        var store = filled(small().retentionMs(1000).build(), 20);
        store.log.applyRetention(T + 10_000);
        assertThat(store.log.logStartOffset()).isEqualTo(20);
        assertThat(store.log.logEndOffset()).isEqualTo(20);
        assertThat(segments()).isEqualTo(1);
        store.reopen();
        assertThat(store.log.logEndOffset()).isEqualTo(20);
        assertThat(store.append(Batches.of(T, "next")).firstOffset()).isEqualTo(20);
    }

    @Test
    void deletesNothingAboveTheHighWatermark() {
        var store = new TestStore(files, small().retentionMs(1000).build());
        for (int i = 0; i < 50; i++) {
            store.append(Batches.of(T + i, "value-" + i));
        }
        assertThat(store.log.applyRetention(T + 10_000)).isZero();
    }

    @Test
    void aCompactedTopicIsNotSubjectToRetention() {
        var store = filled(
                small().retentionMs(1000)
                        .retentionBytes(10)
                        .cleanupPolicy(false, true)
                        .build(),
                50);
        assertThat(store.log.applyRetention(T + 10_000)).isZero();
    }

    @Test
    void deletedFilesGoWhenTheirDelayHasPassed() throws IOException {
        var store = filled(small().retentionBytes(0).fileDeleteDelayMs(500).build(), 50);
        store.log.applyRetention(T);
        assertThat(files.files("orders-0")).anyMatch(name -> name.endsWith(".log.deleted"));
        store.directory.deleteExpiredFiles(T + 499);
        assertThat(files.files("orders-0")).anyMatch(name -> name.endsWith(".log.deleted"));
        store.directory.deleteExpiredFiles(T + 500);
        assertThat(files.files("orders-0")).noneMatch(name -> name.endsWith(".deleted"));
    }

    @Test
    void theLogStartMayLieInsideABatch() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        store.append(Batches.of(T, "a", "b", "c"));
        store.log.updateHighWatermark(3);
        assertThat(store.log.advanceLogStartOffset(1, T)).isTrue();
        assertThat(store.log.advanceLogStartOffset(1, T)).isFalse();
        assertThat(store.values(1)).containsExactly("b", "c");
        assertThat(store.log.read(1, 1000, 3, true).firstOffset()).isZero();
    }

    @Test
    void rollsByTheTimeOfTheRecords() throws IOException {
        var store = new TestStore(files, LogConfig.builder().segmentMs(1000).build());
        store.append(Batches.of(T, "a"));
        store.append(Batches.of(T + 1000, "b"));
        assertThat(segments()).isEqualTo(1);
        store.append(Batches.of(T + 1001, "c"));
        assertThat(segments()).isEqualTo(2);
    }

    @Test
    void rollsWhenAnIndexIsFull() throws IOException {
        var store = new TestStore(
                files,
                LogConfig.builder().indexIntervalBytes(0).segmentIndexBytes(80).build());
        for (int i = 0; i < 30; i++) {
            store.append(Batches.of(T, "value-" + i));
        }
        assertThat(segments()).isGreaterThan(2);
        assertThat(store.values(0)).hasSize(30);
    }
}
