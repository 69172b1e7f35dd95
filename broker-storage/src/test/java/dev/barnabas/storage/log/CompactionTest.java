package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.CompactionTask;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.FailingFileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactionTest {
    private static final long T = TestStore.NOW_MS;
    private static final long MEMORY = 1 << 20;

    private final MemoryFileSystem files = new MemoryFileSystem("memory");

    private static LogConfig.Builder compact() {
        return LogConfig.builder()
                .cleanupPolicy(false, true)
                .segmentBytes(600)
                .indexIntervalBytes(100)
                .minCleanableDirtyRatio(0.01);
    }

    private TestStore store(LogConfig.Builder config) {
        return new TestStore(files, config.build());
    }

    /** Fills up the active segment, so that what was appended before can be compacted. */
    private static void roll(TestStore store) {
        store.append(Batches.keyed(T, "filler", "x".repeat(500)));
        store.append(Batches.keyed(T, "filler", "x".repeat(500)));
        store.log.updateHighWatermark(store.log.logEndOffset());
    }

    private static boolean compactOnce(TestStore store, long nowMs) {
        return compactOnce(store, nowMs, MEMORY);
    }

    private static boolean compactOnce(TestStore store, long nowMs, long bytesMax) {
        CompactionTask task = store.log.prepareCompaction(nowMs, bytesMax);
        if (task == null) {
            return false;
        }
        task.run();
        store.log.onCompacted(task, nowMs);
        return true;
    }

    /** Key to value, in the order of the log; what is read until the end. */
    private static Map<String, String> table(TestStore store) {
        var table = new LinkedHashMap<String, String>();
        for (var record : store.readAll(store.log.logStartOffset())) {
            if (record.value() == null) {
                table.remove(record.key());
            } else {
                table.put(record.key(), record.value());
            }
        }
        table.remove("filler");
        return table;
    }

    private static List<String> keys(TestStore store) {
        var keys = new ArrayList<String>();
        for (var record : store.readAll(store.log.logStartOffset())) {
            if (!"filler".equals(record.key())) {
                keys.add(record.key() + "=" + record.value() + "@" + record.offset());
            }
        }
        return keys;
    }

    @Test
    void keepsTheNewestRecordOfEachKeyAtItsOffset() {
        var store = store(compact());
        store.append(Batches.keyed(T, "a", "1", "b", "1"));
        store.append(Batches.keyed(T, "a", "2"));
        store.append(Batches.keyed(T, "c", "1", "b", "2"));
        roll(store);
        assertThat(compactOnce(store, T)).isTrue();
        assertThat(keys(store)).containsExactly("a=2@2", "c=1@3", "b=2@4");
        assertThat(store.log.logEndOffset()).isEqualTo(7);
        store.reopen();
        assertThat(keys(store)).containsExactly("a=2@2", "c=1@3", "b=2@4");
        assertThat(compactOnce(store, T)).as("nothing new to compact").isFalse();
    }

    @Test
    void neverTouchesTheActiveSegmentOrWhatIsNotStable() {
        var store = store(compact());
        store.append(Batches.keyed(T, "a", "1"));
        store.append(Batches.keyed(T, "a", "2"));
        store.log.updateHighWatermark(2);
        assertThat(compactOnce(store, T)).isFalse();
        store.append(Batches.transactional(7, 0, 0, T, "t"));
        roll(store);
        assertThat(store.log.lastStableOffset()).isEqualTo(2);
        assertThat(compactOnce(store, T)).isFalse();
    }

    @Test
    void leavesTopicsAloneThatAreNotCompacted() {
        var store = store(compact().cleanupPolicy(true, false));
        store.append(Batches.keyed(T, "a", "1"));
        roll(store);
        assertThat(compactOnce(store, T)).isFalse();
    }

    @Test
    void waitsUntilEnoughIsDirtyOrDirtyForTooLong() {
        var store = store(compact().minCleanableDirtyRatio(1.0).maxCompactionLagMs(5000));
        store.append(Batches.keyed(T, "a", "1"));
        roll(store);
        assertThat(compactOnce(store, T + 5000)).isFalse();
        assertThat(compactOnce(store, T + 5001)).isTrue();
    }

    @Test
    void leavesYoungRecordsAlone() {
        var store = store(compact().minCompactionLagMs(5000));
        store.append(Batches.keyed(T, "a", "1"));
        roll(store);
        assertThat(compactOnce(store, T + 4999)).isFalse();
        assertThat(compactOnce(store, T + 5000)).isTrue();
    }

    @Test
    void aTombstoneStaysUntilItsRetentionAfterTheFirstCompactionHasPassed() {
        var store = store(compact().deleteRetentionMs(1000));
        store.append(Batches.keyed(T, "a", "1", "a", null, "b", "1"));
        roll(store);
        compactOnce(store, T + 10_000);
        assertThat(keys(store)).containsExactly("a=null@1", "b=1@2");
        store.append(Batches.keyed(T, "c", "1"));
        roll(store);
        compactOnce(store, T + 10_999);
        assertThat(keys(store)).contains("a=null@1");
        store.append(Batches.keyed(T, "d", "1"));
        roll(store);
        compactOnce(store, T + 11_000);
        assertThat(keys(store)).containsExactly("b=1@2", "c=1@5", "d=1@8");
    }

    @Test
    void mergesSmallSegments() throws IOException {
        var store = store(compact());
        for (int i = 0; i < 100; i++) {
            store.append(Batches.keyed(T, "key-" + i % 3, "value-" + i));
        }
        roll(store);
        long before = store.log.sizeInBytes();
        compactOnce(store, T);
        assertThat(table(store)).isEqualTo(Map.of("key-0", "value-99", "key-1", "value-97", "key-2", "value-98"));
        assertThat(store.log.sizeInBytes()).isLessThan(before / 2);
        store.append(Batches.keyed(T, "key-0", "again"));
        roll(store);
        compactOnce(store, T);
        assertThat(files.files("orders-0").stream().filter(name -> name.endsWith(".log")))
                .hasSizeLessThan(10);
        assertThat(store.log.logStartOffset()).isZero();
    }

    @Test
    void dropsAbortedDataAtOnceAndItsMarkerWhenItsTimeHasPassed() {
        var store = store(compact().deleteRetentionMs(1000));
        store.append(Batches.transactional(7, 0, 0, T, "a"));
        store.append(Batches.transactional(8, 0, 0, T, "b"));
        store.append(Batches.marker(7, 0, false, 0, T), AppendOrigin.COORDINATOR);
        store.append(Batches.marker(8, 0, true, 0, T), AppendOrigin.COORDINATOR);
        store.append(Batches.transactional(7, 0, 1, T, "c"));
        store.append(Batches.marker(7, 0, true, 0, T), AppendOrigin.COORDINATOR);
        roll(store);
        compactOnce(store, T);
        assertThat(table(store)).containsKeys("b", "c").doesNotContainKey("a");
        assertThat(store.log.abortedTransactions(0, 100)).hasSize(1);
        for (int i = 0; i < 3; i++) {
            store.append(Batches.keyed(T, "x" + i, "1"));
            roll(store);
            compactOnce(store, T + 2000 * (i + 1));
        }
        assertThat(store.log.abortedTransactions(0, 100)).isEmpty();
        assertThat(table(store)).containsKeys("b", "c", "x0", "x2");
        store.reopen();
        assertThat(store.log.lastStableOffset()).isEqualTo(store.log.logEndOffset());
    }

    @Test
    void aProducersLastBatchSurvivesAsAHeader() {
        var store = store(compact());
        store.append(Batches.idempotent(7, 0, 0, T, "a"));
        store.append(Batches.keyed(T, "a", "newer"));
        roll(store);
        compactOnce(store, T);
        assertThat(keys(store)).containsExactly("a=newer@1");
        var recovered = new TestStore(files.afterProcessDeath(), store.config);
        assertThat(recovered.append(Batches.idempotent(7, 0, 0, T, "a")).duplicate())
                .isTrue();
        recovered.append(Batches.idempotent(7, 0, 1, T, "b"));
    }

    @Test
    void goesOnNextTimeWhereTheMapWasFull() {
        var store = store(compact());
        for (int i = 0; i < 60; i++) {
            store.append(Batches.keyed(T, "key-" + i % 20, "value-" + i));
        }
        roll(store);
        var expected = table(store);
        long before = store.log.sizeInBytes();
        int rounds = 0;
        while (compactOnce(store, T, 10 * 24) && rounds < 100) {
            rounds++;
            assertThat(table(store)).isEqualTo(expected);
        }
        assertThat(rounds).isBetween(2, 99);
        assertThat(store.log.sizeInBytes()).isLessThan(before);
    }

    @Test
    void throwsItsWorkAwayIfTheLogChangedMeanwhile() throws IOException {
        var store = store(compact());
        store.append(Batches.keyed(T, "a", "1"));
        store.append(Batches.keyed(T, "a", "2"));
        roll(store);
        var task = store.log.prepareCompaction(T, MEMORY);
        assertThat(task).isNotNull();
        task.run();
        store.log.truncateTo(1);
        store.log.onCompacted(task, T);
        assertThat(keys(store)).containsExactly("a=1@0");
        assertThat(files.files("orders-0")).noneMatch(name -> name.contains(".cleaned"));
    }

    @Test
    void aLogThatIsDeletedDuringItsCompactionHarmsNobody() {
        var store = store(compact());
        store.append(Batches.keyed(T, "a", "1"));
        store.append(Batches.keyed(T, "a", "2"));
        roll(store);
        var task = store.log.prepareCompaction(T, MEMORY);
        assertThat(task).isNotNull();
        store.directory.delete(TestStore.PARTITION, T);
        task.run();
        assertThat(store.directory.offline()).isFalse();
        store.directory.close();
    }

    @Test
    void readersInFlightKeepTheOldSegment() {
        var store = store(compact());
        store.append(Batches.keyed(T, "a", "1"));
        store.append(Batches.keyed(T, "a", "2"));
        roll(store);
        var slice = store.log.read(0, 150, Long.MAX_VALUE, true).records();
        compactOnce(store, T);
        store.directory.deleteExpiredFiles(Long.MAX_VALUE);
        var bytes = Unpooled.buffer();
        slice.writeTo(bytes);
        slice.release();
        assertThat(Batches.records(bytes)).extracting(Batches.Seen::value).contains("1");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aRandomTableIsTheSameAfterCompactionsKillsAndRestarts(long seed) {
        var random = new Random(seed);
        var config = compact().deleteRetentionMs(100).build();
        var image = files;
        var store = new TestStore(image, config);
        var table = new HashMap<String, String>();
        for (int i = 0; i < 300; i++) {
            var key = "key-" + random.nextInt(15);
            var value = random.nextInt(5) == 0 ? null : "value-" + i;
            store.append(Batches.keyed(T + i, key, value));
            if (value == null) {
                table.remove(key);
            } else {
                table.put(key, value);
            }
            store.log.updateHighWatermark(store.log.logEndOffset());
            int dice = random.nextInt(30);
            if (dice < 3) {
                compactOnce(store, T + i, 24 * (2 + random.nextInt(40)));
            } else if (dice == 3) {
                store.reopen();
            } else if (dice == 4) {
                image = image.afterProcessDeath();
                store = new TestStore(image, config);
                store.log.updateHighWatermark(store.log.logEndOffset());
            } else if (dice == 5) {
                store.directory.checkpoint();
            }
            assertThat(store.log.logEndOffset()).as("seed %d, step %d", seed, i).isEqualTo(i + 1);
            if (dice < 7) {
                assertThat(table(store)).as("seed %d, step %d", seed, i).isEqualTo(table);
            }
        }
    }

    @Test
    void aCrashAtAnyStepOfTheSwapLeavesTheOldSegmentsOrTheNew() {
        for (int renames = 0; renames < 36; renames += 1 + renames / 12) {
            var memory = new MemoryFileSystem("memory");
            var failing = new FailingFileSystem(memory);
            var config = compact().build();
            var store = new TestStore(failing, config);
            for (int i = 0; i < 30; i++) {
                store.append(Batches.keyed(T, "key-" + i % 4, "value-" + i));
            }
            roll(store);
            var expected = table(store);
            failing.failAfterRenames(renames);
            var task = store.log.prepareCompaction(T, MEMORY);
            assertThat(task).isNotNull();
            task.run();
            try {
                store.log.onCompacted(task, T);
            } catch (StorageException e) {
                assertThat(store.directory.offline()).isTrue();
            }
            var recovered = new TestStore(memory.afterProcessDeath(), config);
            assertThat(recovered.log.logEndOffset()).as("renames %d", renames).isEqualTo(32);
            assertThat(table(recovered)).as("renames %d", renames).isEqualTo(expected);
        }
    }
}
