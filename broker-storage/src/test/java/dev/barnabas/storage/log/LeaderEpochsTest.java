package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.EpochEndOffset;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.MemoryFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaderEpochsTest {
    private final LeaderEpochs epochs = new LeaderEpochs();

    @BeforeEach
    void threeEpochs() {
        epochs.onBatch(2, 10);
        epochs.onBatch(2, 12);
        epochs.onBatch(4, 20);
        epochs.onBatch(7, 35);
    }

    @Test
    void anEpochEndsWhereTheNextBegins() {
        assertThat(epochs.endOffsetFor(2, 50)).isEqualTo(new EpochEndOffset(2, 20));
        assertThat(epochs.endOffsetFor(4, 50)).isEqualTo(new EpochEndOffset(4, 35));
        assertThat(epochs.endOffsetFor(7, 50)).isEqualTo(new EpochEndOffset(7, 50));
    }

    @Test
    void anUnknownEpochIsAnsweredByTheLargestBelowIt() {
        assertThat(epochs.endOffsetFor(5, 50)).isEqualTo(new EpochEndOffset(4, 35));
        assertThat(epochs.endOffsetFor(1, 50)).isEqualTo(new EpochEndOffset(1, 10));
        assertThat(epochs.endOffsetFor(8, 50)).isEqualTo(EpochEndOffset.UNDEFINED);
        assertThat(epochs.endOffsetFor(-1, 50)).isEqualTo(EpochEndOffset.UNDEFINED);
    }

    @Test
    void knowsTheEpochOfAnOffset() {
        assertThat(epochs.epochAt(9)).isEmpty();
        assertThat(epochs.epochAt(19)).hasValue(2);
        assertThat(epochs.epochAt(20)).hasValue(4);
        assertThat(epochs.epochAt(1000)).hasValue(7);
    }

    @Test
    void truncationDropsOrMovesEpochs() {
        epochs.truncateFromEnd(35);
        assertThat(epochs.latest()).hasValue(4);
        epochs.truncateFromStart(15);
        assertThat(epochs.entries()).containsExactly(new LeaderEpochs.Entry(2, 15), new LeaderEpochs.Entry(4, 20));
        epochs.truncateFromStart(20);
        assertThat(epochs.entries()).containsExactly(new LeaderEpochs.Entry(4, 20));
    }

    @Test
    void areKnownAfterARestartAndAfterAKill() {
        var files = new MemoryFileSystem("memory");
        var store = new TestStore(files, LogConfig.DEFAULTS);
        store.log.appendAsLeader(Batches.of(1, "a"), 3, AppendOrigin.CLIENT, 1);
        store.log.appendAsLeader(Batches.of(1, "b"), 5, AppendOrigin.CLIENT, 1);
        store.reopen();
        assertThat(store.log.endOffsetForEpoch(3)).isEqualTo(new EpochEndOffset(3, 1));
        store.log.appendAsLeader(Batches.of(1, "c"), 6, AppendOrigin.CLIENT, 1);
        var killed = new TestStore(files.afterProcessDeath(), LogConfig.DEFAULTS);
        assertThat(killed.log.endOffsetForEpoch(5)).isEqualTo(new EpochEndOffset(5, 2));
        assertThat(killed.log.latestEpoch()).hasValue(6);
    }
}
