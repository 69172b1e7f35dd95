package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.MemoryFileSystem;
import org.junit.jupiter.api.Test;

class FlushTest {
    private static final long T = TestStore.NOW_MS;

    private final MemoryFileSystem files = new MemoryFileSystem("memory");

    private static void flush(TestStore store) {
        var task = store.log.prepareFlush();
        task.run();
        store.log.onFlushed(task);
    }

    @Test
    void isDueByNumberOfRecords() {
        var store = new TestStore(files, LogConfig.builder().flushMessages(3).build());
        store.append(Batches.of(T, "a", "b"));
        assertThat(store.log.isFlushDue(T)).isFalse();
        store.append(Batches.of(T, "c"));
        assertThat(store.log.isFlushDue(T)).isTrue();
        flush(store);
        assertThat(store.log.isFlushDue(T)).isFalse();
        assertThat(store.log.recoveryPoint()).isEqualTo(3);
    }

    @Test
    void isDueByTime() {
        var store = new TestStore(files, LogConfig.builder().flushMs(100).build());
        store.append(Batches.of(T, "a"));
        assertThat(store.log.isFlushDue(T + 99)).isFalse();
        assertThat(store.log.isFlushDue(T + 100)).isTrue();
        flush(store);
        assertThat(store.log.isFlushDue(T + 1000)).isFalse();
    }

    @Test
    void isDueWhenASegmentIsComplete() {
        var store = new TestStore(files, LogConfig.builder().segmentBytes(150).build());
        store.append(Batches.of(T, "a"));
        assertThat(store.log.isFlushDue(T)).isFalse();
        store.append(Batches.of(T, "x".repeat(80)));
        assertThat(store.log.isFlushDue(T)).isTrue();
    }

    @Test
    void makesTheTopicIdDurableWithTheFirstRecords() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        store.append(Batches.of(T, "a"));
        flush(store);
        var recovered = new TestStore(files.afterPowerLoss(), LogConfig.DEFAULTS);
        assertThat(recovered.log.topicId()).isEqualTo(TestStore.TOPIC_ID);
        assertThat(recovered.values(0)).containsExactly("a");
    }

    @Test
    void saysNothingOfWhatWasAppendedAfterATruncation() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        store.append(Batches.of(T, "a"));
        store.append(Batches.of(T, "b"));
        var task = store.log.prepareFlush();
        task.run();
        store.log.truncateTo(1);
        store.append(Batches.of(T, "c"));
        store.log.onFlushed(task);
        assertThat(store.log.recoveryPoint()).isZero();
        flush(store);
        assertThat(store.log.recoveryPoint()).isEqualTo(2);
    }
}
