package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

class ProducersTest {
    private static final long T = TestStore.NOW_MS;

    private final MemoryFileSystem files = new MemoryFileSystem("memory");
    private TestStore store = new TestStore(files, LogConfig.DEFAULTS);

    private void refused(ByteBuf batch, ErrorCode error) {
        refused(batch, AppendOrigin.CLIENT, error);
    }

    private void refused(ByteBuf batch, AppendOrigin origin, ErrorCode error) {
        long end = store.log.logEndOffset();
        assertThatThrownBy(() -> store.append(batch, origin))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.error()).isEqualTo(error));
        assertThat(store.log.logEndOffset()).isEqualTo(end);
    }

    private void kill() {
        store = new TestStore(((MemoryFileSystem) store.files).afterProcessDeath(), LogConfig.DEFAULTS);
    }

    @Test
    void answersARetryWithTheOffsetsOfTheFirstTime() {
        store.append(Batches.of(T, "other"));
        store.append(Batches.idempotent(7, 0, 0, T + 5, "a", "b"));
        store.append(Batches.idempotent(7, 0, 2, T + 6, "c"));
        var retry = store.append(Batches.idempotent(7, 0, 0, T + 5, "a", "b"));
        assertThat(retry.duplicate()).isTrue();
        assertThat(retry.firstOffset()).isEqualTo(1);
        assertThat(retry.lastOffset()).isEqualTo(2);
        assertThat(retry.maxTimestampMs()).isEqualTo(T + 5);
        assertThat(store.log.logEndOffset()).isEqualTo(4);
    }

    @Test
    void remembersTheLastFiveBatchesOfAProducer() {
        for (int i = 0; i < 6; i++) {
            store.append(Batches.idempotent(7, 0, i, T, "v" + i));
        }
        assertThat(store.append(Batches.idempotent(7, 0, 1, T, "v1")).duplicate())
                .isTrue();
        refused(Batches.idempotent(7, 0, 0, T, "v0"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void refusesAGapInTheSequences() {
        store.append(Batches.idempotent(7, 0, 0, T, "a"));
        refused(Batches.idempotent(7, 0, 2, T, "c"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        store.append(Batches.idempotent(7, 0, 1, T, "b"));
    }

    @Test
    void acceptsAnySequenceFromAProducerItDoesNotKnow() {
        store.append(Batches.idempotent(7, 3, 41, T, "a"));
        store.append(Batches.idempotent(7, 3, 42, T, "b"));
    }

    @Test
    void sequencesWrapToZero() {
        store.append(Batches.idempotent(7, 0, Integer.MAX_VALUE - 1, T, "a", "b"));
        store.append(Batches.idempotent(7, 0, 0, T, "c"));
        assertThat(store.log.activeProducers().get(0).lastSequence()).isZero();
    }

    @Test
    void aNewEpochBeginsWithSequenceZeroAndFencesTheOldOne() {
        store.append(Batches.idempotent(7, 0, 0, T, "a"));
        refused(Batches.idempotent(7, 1, 1, T, "b"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        store.append(Batches.idempotent(7, 1, 0, T, "b"));
        refused(Batches.idempotent(7, 0, 1, T, "c"), ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void knowsItsProducersAfterARestartAndAfterAKill() {
        store.append(Batches.idempotent(7, 0, 0, T, "a"));
        store.reopen();
        assertThat(store.append(Batches.idempotent(7, 0, 0, T, "a")).duplicate())
                .isTrue();
        store.append(Batches.idempotent(7, 0, 1, T, "b"));
        kill();
        assertThat(store.append(Batches.idempotent(7, 0, 1, T, "b")).duplicate())
                .isTrue();
        refused(Batches.idempotent(7, 0, 3, T, "d"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void recognisesAllTheRetriesOfAProducerThatHadSeveralBatchesOnTheirWayWhenTheBrokerStopped() {
        appendFive(store);
        store.reopen();
        assertFiveAreDuplicates(store);
    }

    @Test
    void recognisesRetriesOfBatchesInSegmentsBeforeTheRecoveryPoint() {
        var small = LogConfig.builder().segmentBytes(250).build();
        var files = new MemoryFileSystem("memory");
        var rolling = new TestStore(files, small);
        appendFive(rolling);
        var flush = rolling.log.prepareFlush();
        flush.run();
        rolling.log.onFlushed(flush);
        rolling.directory.checkpoint();
        assertFiveAreDuplicates(new TestStore(files.afterProcessDeath(), small));
    }

    private static void appendFive(TestStore store) {
        for (int i = 0; i < 5; i++) {
            store.append(Batches.idempotent(7, 0, 2 * i, T + i, "a" + i, "b" + i));
            store.append(Batches.idempotent(8, 0, i, T + i, "other" + i));
        }
    }

    private static void assertFiveAreDuplicates(TestStore store) {
        for (int i = 0; i < 5; i++) {
            var retry = store.append(Batches.idempotent(7, 0, 2 * i, T + i, "a" + i, "b" + i));
            assertThat(retry.duplicate()).isTrue();
            assertThat(retry.firstOffset()).isEqualTo(3 * i);
        }
        assertThat(store.append(Batches.idempotent(7, 0, 10, T, "next")).firstOffset())
                .isEqualTo(15);
    }

    @Test
    void forgetsIdleProducersButNotThoseWithAnOpenTransaction() {
        store.append(Batches.idempotent(7, 0, 0, T, "a"));
        store.append(Batches.transactional(8, 0, 0, T, "b"));
        store.log.expireProducers(T + LogConfig.DEFAULTS.producerIdExpirationMs());
        assertThat(store.log.activeProducers()).singleElement().satisfies(left -> assertThat(left.producerId())
                .isEqualTo(8));
    }

    @Test
    void theLastStableOffsetWaitsForTheMarkerToBeReplicated() {
        store.append(Batches.of(T, "plain"));
        store.append(Batches.transactional(7, 0, 0, T, "a"));
        store.append(Batches.of(T, "plain"));
        store.log.updateHighWatermark(3);
        assertThat(store.log.lastStableOffset()).isEqualTo(1);
        store.append(Batches.marker(7, 0, true, 0, T), AppendOrigin.COORDINATOR);
        assertThat(store.log.lastStableOffset()).isEqualTo(1);
        store.log.updateHighWatermark(4);
        assertThat(store.log.lastStableOffset()).isEqualTo(4);
        assertThat(store.log.abortedTransactions(0, 4)).isEmpty();
    }

    @Test
    void listsTheAbortedTransactionsThatOverlapARead() {
        store.append(Batches.transactional(7, 0, 0, T, "a"));
        store.append(Batches.transactional(8, 0, 0, T, "b"));
        store.append(Batches.marker(7, 0, false, 0, T), AppendOrigin.COORDINATOR);
        store.append(Batches.of(T, "plain"));
        store.append(Batches.marker(8, 0, false, 0, T), AppendOrigin.COORDINATOR);
        var first = new AbortedTransaction(7, 0, 2, 1);
        var second = new AbortedTransaction(8, 1, 4, 5);
        assertThat(store.log.abortedTransactions(0, 5)).containsExactly(first, second);
        assertThat(store.log.abortedTransactions(3, 5)).containsExactly(second);
        assertThat(store.log.abortedTransactions(0, 1)).containsExactly(first);
        store.reopen();
        assertThat(store.log.abortedTransactions(0, 5)).containsExactly(first, second);
        kill();
        assertThat(store.log.abortedTransactions(0, 5)).containsExactly(first, second);
    }

    @Test
    void anOpenTransactionHoldsTheLastStableOffsetAfterAKill() {
        store.append(Batches.of(T, "plain"));
        store.append(Batches.transactional(7, 0, 0, T, "a"));
        kill();
        store.log.updateHighWatermark(2);
        assertThat(store.log.lastStableOffset()).isEqualTo(1);
        assertThat(store.log.activeProducers().get(0).currentTxnFirstOffset()).isEqualTo(1);
    }

    @Test
    void refusesAPlainBatchInsideATransaction() {
        store.append(Batches.transactional(7, 0, 0, T, "a"));
        refused(Batches.idempotent(7, 0, 1, T, "b"), ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void refusesAMarkerOfAFormerCoordinatorOrProducer() {
        store.append(Batches.transactional(7, 1, 0, T, "a"));
        store.append(Batches.marker(7, 1, true, 5, T), AppendOrigin.COORDINATOR);
        refused(Batches.marker(7, 1, true, 4, T), AppendOrigin.COORDINATOR, ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        refused(Batches.marker(7, 0, true, 5, T), AppendOrigin.COORDINATOR, ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void aMarkerWithANewEpochBeginsTheSequencesAnew() {
        store.append(Batches.transactional(7, 0, 0, T, "a", "b"));
        store.append(Batches.marker(7, 1, true, 0, T), AppendOrigin.COORDINATOR);
        refused(Batches.transactional(7, 1, 2, T, "c"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        store.append(Batches.transactional(7, 1, 0, T, "c"));
    }

    @Test
    void refusesTwoBatchesOfOneProducerInOneRequest() {
        var two = Batches.idempotent(7, 0, 0, T, "a");
        two.writeBytes(Batches.idempotent(7, 0, 1, T, "b"));
        refused(two, ErrorCode.INVALID_RECORD);
    }
}
