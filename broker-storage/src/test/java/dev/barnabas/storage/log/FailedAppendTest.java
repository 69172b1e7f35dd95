package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.AppendFailedException;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendOutcome;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FailingFileSystem;
import dev.barnabas.storage.file.FailingFileSystem.Call;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A bug, or a lack of memory, in an append: it costs what is not in the log, and the log goes on. */
class FailedAppendTest {
    private static final long T = TestStore.NOW_MS;
    private static final LogConfig SMALL =
            LogConfig.builder().segmentBytes(200).indexIntervalBytes(50).build();

    private final MemoryFileSystem memory = new MemoryFileSystem("memory");
    private final FailingFileSystem files = new FailingFileSystem(memory);
    private final OutOfMemoryError noMemory = new OutOfMemoryError("for a buffer");

    @TempDir
    private Path temporary;

    private static List<AppendOutcome> append(TestStore store, ByteBuf... group) {
        return append(store, 0, group);
    }

    private static List<AppendOutcome> append(TestStore store, int leaderEpoch, ByteBuf... group) {
        return store.log.appendAsLeader(List.of(group), leaderEpoch, AppendOrigin.CLIENT, T);
    }

    /** First offset or error, and {@code again} behind the offset of what was there before. */
    private static List<String> shown(List<AppendOutcome> outcomes) {
        return outcomes.stream().map(FailedAppendTest::shown).toList();
    }

    private static String shown(AppendOutcome outcome) {
        if (outcome.error() != null) {
            return outcome.error().error().name();
        }
        return outcome.get().firstOffset() + (outcome.get().duplicate() ? " again" : "");
    }

    private static ByteBuf[] singles(int count) {
        var batches = new ByteBuf[count];
        for (int i = 0; i < count; i++) {
            batches[i] = Batches.of(T + i, "v" + i);
        }
        return batches;
    }

    private static ByteBuf[] sequenced(int from, int to) {
        var batches = new ByteBuf[to - from];
        for (int i = from; i < to; i++) {
            batches[i - from] = Batches.idempotent(7, 0, i, T + i, "v" + i);
        }
        return batches;
    }

    private static String logFile(long base) {
        return "orders-0/" + SegmentFiles.path("", base, SegmentFiles.LOG).substring(1);
    }

    /** That it serves, and holds {@code values}: now, after a clean restart, and after a kill. */
    private void assertHolds(TestStore store, String... values) throws IOException {
        assertThat(store.directory.offline()).isFalse();
        assertThat(store.values(0)).containsExactly(values);
        var killed = new TestStore(memory.afterProcessDeath(), store.config);
        assertAlike(killed, store);
        store.reopen();
        assertAlike(store, killed);
    }

    /** That two logs hold the same, find the same and know the same. */
    private static void assertAlike(TestStore one, TestStore other) {
        long end = other.log.logEndOffset();
        assertThat(one.log.logEndOffset()).isEqualTo(end);
        assertThat(one.log.sizeInBytes()).isEqualTo(other.log.sizeInBytes());
        assertThat(one.readAll(0)).isEqualTo(other.readAll(0));
        for (long offset = 0; offset < end; offset++) {
            assertThat(firstOffset(one, offset)).isEqualTo(firstOffset(other, offset));
        }
        for (long timestamp = T - 10; timestamp < T + 130; timestamp++) {
            assertThat(one.log.offsetForTimestamp(timestamp, end))
                    .isEqualTo(other.log.offsetForTimestamp(timestamp, end));
        }
        assertThat(one.log.offsetOfMaxTimestamp(end)).isEqualTo(other.log.offsetOfMaxTimestamp(end));
        assertThat(one.log.abortedTransactions(0, end)).isEqualTo(other.log.abortedTransactions(0, end));
        assertThat(new HashSet<>(one.log.activeProducers())).isEqualTo(new HashSet<>(other.log.activeProducers()));
        assertThat(one.log.latestEpoch()).isEqualTo(other.log.latestEpoch());
        for (int epoch = 0; epoch < 10; epoch++) {
            assertThat(one.log.endOffsetForEpoch(epoch)).isEqualTo(other.log.endOffsetForEpoch(epoch));
        }
    }

    private static long firstOffset(TestStore store, long offset) {
        var result = store.log.read(offset, 1, Long.MAX_VALUE, true);
        result.records().release();
        return result.firstOffset();
    }

    // ---- the write

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 0.5, 1})
    void aWriteThatThrowsCostsWhatItWasToWrite(double share) throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, Batches.idempotent(7, 0, 0, T, "a"));
        files.writeBeforeBugs(share);
        files.throwAt(Call.APPEND, 1, noMemory);
        var outcomes = append(
                store,
                Batches.idempotent(7, 0, 1, T + 1, "b"),
                Batches.of(T + 2, "c"),
                Batches.idempotent(7, 0, 2, T + 3, "d"));
        assertThat(outcomes).hasSize(3).allSatisfy(outcome -> assertThat(outcome.error())
                .isInstanceOf(AppendFailedException.class)
                .hasCause(noMemory));
        assertThat(outcomes.get(0).error().error()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(store.log.logEndOffset()).isEqualTo(1);
        assertThat(memory.size(logFile(0))).isEqualTo(store.log.sizeInBytes());

        var repeated = append(
                store,
                Batches.idempotent(7, 0, 1, T + 1, "b"),
                Batches.idempotent(7, 0, 2, T + 3, "d"),
                Batches.of(T + 4, "e"));
        assertThat(shown(repeated)).containsExactly("1", "2", "3");
        assertHolds(store, "a", "b", "d", "e");
    }

    @Test
    void aWriteOnDiskThatThrowsHalfWayLeavesNothing() throws IOException {
        var disk = new DiskFileSystem(temporary);
        var failing = new FailingFileSystem(disk);
        var store = new TestStore(failing, LogConfig.DEFAULTS);
        append(store, sequenced(0, 3));
        failing.writeBeforeBugs(0.5);
        failing.throwAt(Call.APPEND, 1, new IllegalStateException("bug"));
        assertThat(shown(append(store, sequenced(3, 9)))).containsOnly("UNKNOWN_SERVER_ERROR");
        assertThat(disk.size(logFile(0))).isEqualTo(store.log.sizeInBytes());
        assertThat(shown(append(store, sequenced(3, 5)))).containsExactly("3", "4");
        assertThat(disk.size(logFile(0))).isEqualTo(store.log.sizeInBytes());
        assertThat(store.values(0)).containsExactly("v0", "v1", "v2", "v3", "v4");
        store.reopen();
        assertThat(store.values(0)).containsExactly("v0", "v1", "v2", "v3", "v4");
        assertThat(shown(append(store, sequenced(4, 6)))).containsExactly("4 again", "5");
    }

    @Test
    void theVeryFirstWriteCanThrow() throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        files.writeBeforeBugs(0.5);
        files.throwAt(Call.APPEND, 1, noMemory);
        assertThat(shown(append(store, 3, sequenced(0, 2)))).containsOnly("UNKNOWN_SERVER_ERROR");
        assertThat(store.log.latestEpoch()).isEmpty();
        assertThat(store.log.activeProducers()).isEmpty();
        assertThat(shown(append(store, sequenced(0, 2)))).containsExactly("0", "1");
        assertHolds(store, "v0", "v1");
    }

    @Test
    void whatAnEarlierWriteOfTheGroupHasWrittenIsInTheLog() throws IOException {
        var store = new TestStore(files, SMALL);
        files.writeBeforeBugs(0.5);
        files.throwAt(Call.APPEND, 2, noMemory);
        var outcomes = append(store, sequenced(0, 7));
        assertThat(files.writes()).isEqualTo(2);
        assertThat(shown(outcomes).subList(0, 2)).containsExactly("0", "1");
        assertThat(shown(outcomes).subList(2, 7)).containsOnly("UNKNOWN_SERVER_ERROR");
        assertThat(memory.files("orders-0")).contains("00000000000000000002.log");
        assertThat(store.log.logEndOffset()).isEqualTo(2);
        assertThat(memory.size(logFile(2))).isZero();
        assertThat(shown(append(store, sequenced(1, 5)))).containsExactly("1 again", "2", "3", "4");
        assertHolds(store, "v0", "v1", "v2", "v3", "v4");
    }

    @Test
    void anEmptySegmentThatAFailedAppendBeganIsFoundAgain() throws IOException {
        var store = new TestStore(files, SMALL);
        append(store, sequenced(0, 2));
        files.throwAt(Call.APPEND, 1, noMemory);
        assertThat(shown(append(store, sequenced(2, 3)))).containsOnly("UNKNOWN_SERVER_ERROR");
        assertThat(memory.files("orders-0")).contains("00000000000000000002.log");
        assertHolds(store, "v0", "v1");
        assertThat(shown(append(store, sequenced(2, 3)))).containsExactly("2");
        assertHolds(store, "v0", "v1", "v2");
    }

    /** More than the newest positions hold, with index entries among them, the first for a batch of one record. */
    @Test
    void indexesForgetManyBatchesThatWereNotWritten() throws IOException {
        var store =
                new TestStore(files, LogConfig.builder().indexIntervalBytes(50).build());
        append(store, singles(10));
        files.writeBeforeBugs(0.5);
        files.throwAt(Call.APPEND, 1, noMemory);
        assertThat(shown(append(store, singles(250)))).containsOnly("UNKNOWN_SERVER_ERROR");
        assertThat(memory.size(logFile(0))).isEqualTo(store.log.sizeInBytes());
        var late = Batches.of(T + 100, "late");
        assertThat(shown(append(store, late))).containsExactly("10");
        assertThat(store.log.offsetForTimestamp(T + 10, 11).offset()).isEqualTo(10);
        assertThat(store.log.offsetOfMaxTimestamp(11).offset()).isEqualTo(10);
        assertHolds(store, "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "late");
    }

    @Test
    void whatWasCheckedAgainstABatchThatIsNotWrittenFailsWithIt() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, sequenced(0, 1));
        files.throwAt(Call.APPEND, 1, noMemory);
        var outcomes = append(
                store,
                Batches.idempotent(7, 0, 9, T, "gap"),
                Batches.idempotent(7, 0, 0, T, "v0"),
                Batches.idempotent(7, 0, 1, T, "v1"),
                Batches.idempotent(7, 0, 1, T, "v1"),
                Batches.idempotent(7, 0, 9, T, "gap"),
                Batches.idempotent(7, 0, 0, T, "v0"));
        assertThat(shown(outcomes))
                .containsExactly(
                        "OUT_OF_ORDER_SEQUENCE_NUMBER",
                        "0 again",
                        "UNKNOWN_SERVER_ERROR",
                        "UNKNOWN_SERVER_ERROR",
                        "UNKNOWN_SERVER_ERROR",
                        "0 again");
    }

    @Test
    void producersAreKnownAsFarAsTheyWere() {
        var store = new TestStore(files, SMALL);
        append(store, sequenced(0, 5));
        var before = store.log.activeProducers();
        files.throwAt(Call.APPEND, 1, noMemory);
        append(store, Batches.idempotent(7, 1, 0, T, "new epoch"), Batches.idempotent(8, 0, 0, T, "new producer"));
        assertThat(store.log.activeProducers()).isEqualTo(before);
        assertThat(shown(append(store, sequenced(0, 6))))
                .containsExactly("0 again", "1 again", "2 again", "3 again", "4 again", "5");
    }

    // ---- what is noted apart from producers and offsets

    @Test
    void leaderEpochsAreUndone() throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, 2, singles(2));
        files.throwAt(Call.APPEND, 1, noMemory);
        append(store, 5, singles(1));
        assertThat(store.log.latestEpoch()).hasValue(2);
        assertThat(store.log.endOffsetForEpoch(2).endOffset()).isEqualTo(2);
        append(store, 4, singles(1));
        assertThat(store.log.endOffsetForEpoch(2).endOffset()).isEqualTo(2);
        assertThat(store.log.latestEpoch()).hasValue(4);
        assertHolds(store, "v0", "v1", "v0");
    }

    @Test
    void aMarkerThatIsNotWrittenDecidesNothing() throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, Batches.transactional(7, 0, 0, T, "a"));
        files.throwAt(Call.APPEND, 1, noMemory);
        var marker = Batches.marker(7, 0, false, 0, T);
        assertThat(store.log.appendAsLeader(List.of(marker), 0, AppendOrigin.COORDINATOR, T))
                .singleElement()
                .satisfies(outcome -> assertThat(shown(outcome)).isEqualTo("UNKNOWN_SERVER_ERROR"));
        store.log.updateHighWatermark(1);
        assertThat(store.log.abortedTransactions(0, 1)).isEmpty();
        assertThat(store.log.lastStableOffset()).isZero();
        store.append(Batches.transactional(7, 0, 1, T, "b"));
        store.append(Batches.marker(7, 0, false, 0, T), AppendOrigin.COORDINATOR);
        assertThat(store.log.abortedTransactions(0, 3)).containsExactly(new AbortedTransaction(7, 0, 2, 3));
        assertHolds(
                store,
                "a",
                "b",
                Batches.records(Batches.marker(7, 0, false, 0, T)).get(0).value());
    }

    @Test
    void aTransactionThatWasDecidedStaysDecided() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        store.append(Batches.of(T, "plain"));
        store.append(Batches.transactional(7, 0, 0, T, "a"));
        store.append(Batches.marker(7, 0, true, 0, T), AppendOrigin.COORDINATOR);
        store.log.updateHighWatermark(3);
        files.throwAt(Call.APPEND, 1, noMemory);
        append(store, Batches.transactional(7, 0, 1, T, "b"));
        store.log.advanceLogStartOffset(1, T);
        assertThat(store.log.lastStableOffset()).isEqualTo(3);
    }

    @Test
    void nothingIsOwedToTheDisk() {
        var store = new TestStore(
                files, LogConfig.builder().flushMessages(2).flushMs(1000).build());
        append(store, singles(1));
        var flush = store.log.prepareFlush();
        files.throwAt(Call.APPEND, 1, noMemory);
        append(store, singles(5));
        assertThat(store.log.isFlushDue(T + 5000)).isFalse();
        flush.run();
        store.log.onFlushed(flush);
        assertThat(store.log.recoveryPoint()).isEqualTo(1);
        append(store, singles(1));
        assertThat(store.log.isFlushDue(T + 999)).isFalse();
        assertThat(store.log.isFlushDue(T + 1000)).isTrue();
    }

    // ---- before the write

    /** A control batch whose record is no marker, so that it cannot be noted. */
    private static ByteBuf unreadableMarker() {
        var marker = Batches.marker(9, 0, true, 0, T);
        return marker.writerIndex(RecordBatch.HEADER_BYTES).writeZero(marker.capacity() - RecordBatch.HEADER_BYTES);
    }

    @Test
    void anAppendThatCannotBeNotedCostsNoneBeforeIt() throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        var half = Unpooled.wrappedBuffer(
                Batches.idempotent(7, 0, 1, T + 5, "b"), Batches.idempotent(8, 0, 0, T + 5, "c"), unreadableMarker());
        var outcomes = store.log.appendAsLeader(
                List.of(Batches.idempotent(7, 0, 0, T, "a"), half, Batches.of(T, "d")), 4, AppendOrigin.REPLICATION, T);
        assertThat(shown(outcomes)).containsExactly("0", "UNKNOWN_SERVER_ERROR", "UNKNOWN_SERVER_ERROR");
        assertThat(memory.size(logFile(0))).isEqualTo(store.log.sizeInBytes());
        assertThat(store.log.activeProducers()).hasSize(1);
        assertThat(shown(append(store, Batches.idempotent(7, 0, 1, T + 1, "b"))))
                .containsExactly("1");
        assertHolds(store, "a", "b");
    }

    @Test
    void aFollowersAppendThatCannotBeNotedLeavesNothing() throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, 1, singles(1));
        var first = Batches.idempotent(7, 0, 0, T + 1, "b");
        var second = unreadableMarker();
        new RecordBatch().wrap(first, 0).setBaseOffset(1);
        new RecordBatch().wrap(first, 0).setPartitionLeaderEpoch(6);
        new RecordBatch().wrap(second, 0).setBaseOffset(2);
        assertThatThrownBy(() -> store.log.appendAsFollower(Unpooled.wrappedBuffer(first, second), T))
                .isInstanceOf(AppendFailedException.class)
                .hasRootCauseInstanceOf(dev.barnabas.protocol.record.InvalidRecordException.class);
        assertThat(store.log.latestEpoch()).hasValue(1);
        assertThat(store.log.activeProducers()).isEmpty();
        files.writeBeforeBugs(0.5);
        files.throwAt(Call.APPEND, 1, noMemory);
        assertThatThrownBy(() -> store.log.appendAsFollower(first, T))
                .isInstanceOf(AppendFailedException.class)
                .hasCause(noMemory);
        assertThat(store.log.appendAsFollower(first, T).firstOffset()).isEqualTo(1);
        assertHolds(store, "v0", "b");
    }

    @Test
    void aTransactionIndexThatCannotBeReadCostsTheMarker() throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, Batches.transactional(7, 0, 0, T, "a"));
        store.reopen();
        files.throwAt(Call.EXISTS, 1, new UnsupportedOperationException("bug"));
        var outcomes = store.log.appendAsLeader(
                List.of(Batches.of(T, "b"), Batches.marker(7, 0, false, 0, T), Batches.of(T, "c")),
                0,
                AppendOrigin.COORDINATOR,
                T);
        assertThat(shown(outcomes)).containsExactly("1", "UNKNOWN_SERVER_ERROR", "UNKNOWN_SERVER_ERROR");
        assertThat(store.log.activeProducers().get(0).currentTxnFirstOffset()).isZero();
        assertHolds(store, "a", "b");
    }

    @ParameterizedTest
    @CsvSource({"OPEN, 1", "WRITE, 1", "WRITE, 2", "WRITE, 3"})
    void aSegmentThatCannotBeBegunCostsWhatWasToBeginIt(Call call, int number) throws IOException {
        var store = new TestStore(files, SMALL);
        append(store, sequenced(0, 1));
        files.throwAt(call, number, new InternalError("bug"));
        var outcomes = append(store, sequenced(1, 4));
        assertThat(shown(outcomes)).containsExactly("1", "UNKNOWN_SERVER_ERROR", "UNKNOWN_SERVER_ERROR");
        assertHolds(store, "v0", "v1");
        assertThat(shown(append(store, sequenced(2, 8)))).containsExactly("2", "3", "4", "5", "6", "7");
        assertHolds(store, "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7");
    }

    // ---- what cannot be undone

    @Test
    void whatCannotBeUndoneTakesTheDirectoryOffline() throws IOException {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, sequenced(0, 1));
        var second = new IllegalStateException("no truncation");
        files.writeBeforeBugs(0.5);
        files.throwAt(Call.APPEND, 1, noMemory);
        files.throwFrom(Call.TRUNCATE, second);
        var outcomes = append(store, sequenced(1, 3));
        assertThat(outcomes).hasSize(2).allSatisfy(outcome -> assertThat(outcome.error())
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("for a buffer")
                .hasMessageContaining("no truncation")
                .hasRootCause(noMemory));
        assertThat(noMemory.getSuppressed()).contains(second);
        assertThat(store.directory.offline()).isTrue();
        assertThatThrownBy(() -> append(store, sequenced(1, 3))).isInstanceOf(StorageException.class);
        store.directory.close();
        assertThat(new TestStore(memory.afterProcessDeath(), LogConfig.DEFAULTS).values(0))
                .startsWith("v0");
    }

    @Test
    void theSameErrorMayMeetTheUndoing() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, sequenced(0, 1));
        files.throwAt(Call.APPEND, 1, noMemory);
        files.throwFrom(Call.TRUNCATE, noMemory);
        assertThat(append(store, sequenced(1, 2)).get(0).error())
                .isInstanceOf(StorageException.class)
                .satisfies(error -> assertThat(error.getCause()).hasCause(noMemory));
        assertThat(store.directory.offline()).isTrue();
    }

    @Test
    void aDiskThatFailsTakesTheDirectoryOfflineAlsoWhereNothingIsLeftToUndo() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, sequenced(0, 1));
        files.throwAt(Call.APPEND, 1, new IOException("Input/output error"));
        var outcomes = append(store, Batches.idempotent(7, 0, 1, T, "v1"), Batches.idempotent(7, 0, 0, T, "v0"));
        assertThat(shown(outcomes)).containsExactly("KAFKA_STORAGE_ERROR", "KAFKA_STORAGE_ERROR");
        assertThat(store.directory.offline()).isTrue();
    }

    // ---- the same as if it had not been tried

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aLogIsAsIfNothingThatFailedHadBeenTried(long seed) throws IOException {
        compare(seed, files);
    }

    @Test
    void aLogIsAsIfNothingThatFailedHadBeenTriedForASeedNeverTried() throws IOException {
        compare(new Random().nextLong(), files);
    }

    @Test
    void aLogOnDiskIsAsIfNothingThatFailedHadBeenTried() throws IOException {
        compare(20, new FailingFileSystem(new DiskFileSystem(temporary)));
    }

    private void compare(long seed, FailingFileSystem failing) throws IOException {
        try {
            new Twins(new Random(seed), failing).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed: " + seed, e);
        }
    }

    /** A log whose appends fail now and then, and one that is given what did not. */
    private static final class Twins {
        private final Random random;
        private final FailingFileSystem files;
        private final TestStore failing;
        private final TestStore sound;
        private final int[] sequences = new int[3];
        private int steps;

        Twins(Random random, FailingFileSystem files) {
            this.random = random;
            this.files = files;
            var config = LogConfig.builder()
                    .segmentBytes(800 + random.nextInt(4000))
                    .indexIntervalBytes(50 + random.nextInt(500))
                    .segmentIndexBytes(50 + random.nextInt(300))
                    .build();
            this.failing = new TestStore(files, config);
            this.sound = new TestStore(new MemoryFileSystem("sound"), config);
        }

        void run() throws IOException {
            for (steps = 0; steps < 100; steps++) {
                step();
                failing.log.updateHighWatermark(failing.log.logEndOffset());
                sound.log.updateHighWatermark(sound.log.logEndOffset());
                assertThat(failing.log.lastStableOffset()).isEqualTo(sound.log.lastStableOffset());
                if (steps % 20 == 19) {
                    assertAlike(failing, sound);
                }
                if (random.nextInt(25) == 0) {
                    failing.reopen();
                    sound.reopen();
                }
            }
            failing.reopen();
            assertAlike(failing, sound);
        }

        private void step() {
            boolean marker = random.nextInt(6) == 0;
            var group = new ArrayList<ByteBuf>();
            for (int left = marker ? 1 : 1 + random.nextInt(12); left > 0; left--) {
                group.add(marker ? marker() : batch());
            }
            var origin = marker ? AppendOrigin.COORDINATOR : AppendOrigin.CLIENT;
            int epoch = random.nextInt(8) == 0 ? steps / 10 + 1 : steps / 10;
            if (random.nextInt(2) == 0) {
                files.writeBeforeBugs(random.nextDouble());
                files.throwAt(
                        random.nextInt(3) == 0 ? Call.OPEN : Call.APPEND,
                        1 + random.nextInt(2),
                        new InternalError("bug"));
            }
            var outcomes =
                    failing.log.appendAsLeader(group.stream().map(ByteBuf::copy).toList(), epoch, origin, T + steps);
            files.mend();
            for (int i = 0; i < group.size(); i++) {
                if (!shown(outcomes.get(i)).equals("UNKNOWN_SERVER_ERROR")) {
                    var outcome = sound.log.appendAsLeader(List.of(group.get(i)), epoch, origin, T + steps);
                    assertThat(shown(outcomes.get(i))).isEqualTo(shown(outcome.get(0)));
                }
            }
            assertThat(failing.log.logEndOffset()).isEqualTo(sound.log.logEndOffset());
            for (var producer : sound.log.activeProducers()) {
                sequences[(int) producer.producerId()] = producer.lastSequence() + 1;
            }
        }

        private ByteBuf marker() {
            return Batches.marker(random.nextInt(3), 0, random.nextBoolean(), 0, T + steps);
        }

        /** A batch of a producer, mostly its next, or of none; with timestamps that do not always grow. */
        private ByteBuf batch() {
            long timestampMs = T + steps + random.nextInt(30) - 10;
            var values = new String[1 + random.nextInt(4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = "v".repeat(random.nextInt(60));
            }
            if (random.nextInt(3) == 0) {
                return Batches.of(timestampMs, values);
            }
            int producer = random.nextInt(3);
            int sequence = sequences[producer];
            if (random.nextInt(6) == 0) {
                sequence = Math.max(0, sequence - random.nextInt(3));
            } else {
                sequences[producer] += values.length;
            }
            return producer == 2
                    ? Batches.transactional(producer, 0, sequence, timestampMs, values)
                    : Batches.idempotent(producer, 0, sequence, timestampMs, values);
        }
    }
}
