package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.FailingFileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailingDiskTest {
    private static final long T = TestStore.NOW_MS;
    private static final LogConfig SMALL =
            LogConfig.builder().segmentBytes(800).indexIntervalBytes(100).build();

    private final MemoryFileSystem memory = new MemoryFileSystem("memory");
    private final FailingFileSystem files = new FailingFileSystem(memory);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 60, 77, 500, 799, 801, 1500, 3000})
    void aFullDiskTakesTheDirectoryOfflineAndLosesNothingAcknowledged(int bytes) {
        var store = new TestStore(files, SMALL);
        files.failAfterBytes(bytes);
        int acknowledged = 0;
        StorageException failure = null;
        while (failure == null) {
            try {
                store.append(Batches.of(T, "value-" + acknowledged));
                acknowledged++;
            } catch (StorageException e) {
                failure = e;
            }
        }
        assertThat(failure.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(store.directory.offline()).isTrue();
        assertThat(store.log.logEndOffset()).isEqualTo(acknowledged);
        assertThatThrownBy(() -> store.append(Batches.of(T, "more"))).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.log.read(0, 100, 1, true)).isInstanceOf(StorageException.class);
        store.directory.close();
        assertThat(memory.exists(".kafka_cleanshutdown")).isFalse();

        var recovered = new TestStore(memory.afterProcessDeath(), SMALL);
        assertThat(recovered.log.logEndOffset()).isEqualTo(acknowledged);
        assertThat(recovered.values(0)).hasSize(acknowledged);
    }

    @Test
    void aFailedFlushTakesTheDirectoryOfflineAndMovesNoRecoveryPoint() {
        var store = new TestStore(files, SMALL);
        store.append(Batches.of(T, "a"));
        var flush = store.log.prepareFlush();
        files.failForces();
        assertThatThrownBy(flush::run).isInstanceOf(StorageException.class);
        assertThat(store.directory.offline()).isTrue();
        assertThat(store.log.recoveryPoint()).isZero();
        store.directory.close();
    }

    @Test
    void aDirectoryThatCannotBeMadeTakesTheDirectoryOffline() {
        var store = new TestStore(files, SMALL);
        files.failAfterBytes(0);
        assertThatThrownBy(() -> store.directory.create(new TopicPartition("other", 1), TestStore.TOPIC_ID, SMALL))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("memory is offline, because it failed to create other-1");
        store.directory.close();
    }
}
