package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendOutcome;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FailingFileSystem;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several appends in one call: each with the outcome that it has by itself, all with few writes. */
class GroupAppendTest {
    private static final long T = TestStore.NOW_MS;

    private final MemoryFileSystem memory = new MemoryFileSystem("memory");
    private final FailingFileSystem files = new FailingFileSystem(memory);

    @TempDir
    private Path temporary;

    private static List<AppendOutcome> append(TestStore store, ByteBuf... group) {
        return store.log.appendAsLeader(List.of(group), 0, AppendOrigin.CLIENT, T);
    }

    /** First offset or error, and {@code again} behind the offset of what was there before. */
    private static List<String> shown(List<AppendOutcome> outcomes) {
        return outcomes.stream().map(GroupAppendTest::shown).toList();
    }

    private static String shown(AppendOutcome outcome) {
        if (outcome.error() != null) {
            return outcome.error().error().name();
        }
        return outcome.get().firstOffset() + (outcome.get().duplicate() ? " again" : "");
    }

    @Test
    void aGroupIsOneWrite() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        var outcomes = append(store, Batches.of(T, "a", "b"), Batches.idempotent(7, 0, 0, T, "c"), Batches.of(T, "d"));
        assertThat(shown(outcomes)).containsExactly("0", "2", "3");
        assertThat(files.writes()).isEqualTo(1);
        assertThat(store.log.logEndOffset()).isEqualTo(4);
        assertThat(store.values(0)).containsExactly("a", "b", "c", "d");
        assertThat(store.log.sizeInBytes()).isEqualTo(logBytes());
    }

    private long logBytes() {
        try {
            return memory.size("orders-0/00000000000000000000.log");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneThatIsRefusedKeepsNoOtherFromBeingWritten() {
        var store = new TestStore(files, LogConfig.builder().segmentBytes(1000).build());
        var outcomes = append(
                store,
                Batches.idempotent(7, 1, 0, T, "a"),
                Batches.idempotent(7, 1, 5, T, "gap"),
                Batches.idempotent(7, 0, 0, T, "fenced"),
                Batches.of(T, "x".repeat(1000)),
                Batches.idempotent(7, 1, 1, T, "b"));
        assertThat(shown(outcomes))
                .containsExactly(
                        "0", "OUT_OF_ORDER_SEQUENCE_NUMBER", "INVALID_PRODUCER_EPOCH", "RECORD_LIST_TOO_LARGE", "1");
        assertThat(store.values(0)).containsExactly("a", "b");
        assertThat(files.writes()).isEqualTo(1);
    }

    @Test
    void aGroupOfNothingButRefusedOnesWritesNothing() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        append(store, Batches.idempotent(7, 1, 0, T, "a"));
        var outcomes = append(store, Batches.idempotent(7, 0, 0, T, "b"), Batches.idempotent(7, 1, 3, T, "c"));
        assertThat(shown(outcomes)).containsExactly("INVALID_PRODUCER_EPOCH", "OUT_OF_ORDER_SEQUENCE_NUMBER");
        assertThat(files.writes()).isEqualTo(1);
        assertThat(store.log.logEndOffset()).isEqualTo(1);
    }

    @Test
    void aRetryInTheSameGroupGetsTheOffsetsOfTheFirst() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        var outcomes = append(
                store,
                Batches.idempotent(7, 0, 0, T, "a", "b"),
                Batches.idempotent(7, 0, 2, T, "c"),
                Batches.idempotent(7, 0, 0, T, "a", "b"),
                Batches.idempotent(7, 0, 3, T, "d"));
        assertThat(shown(outcomes)).containsExactly("0", "2", "0 again", "3");
        assertThat(outcomes.get(2).get().lastOffset()).isEqualTo(1);
        assertThat(store.values(0)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void aSegmentThatFillsUpInTheMiddleIsWrittenBeforeTheNextBegins() throws IOException {
        var store = new TestStore(files, LogConfig.builder().segmentBytes(200).build());
        var outcomes = append(
                store,
                Batches.idempotent(7, 0, 0, T, "a"),
                Batches.idempotent(7, 0, 1, T, "b"),
                Batches.idempotent(7, 0, 2, T, "c"),
                Batches.idempotent(7, 0, 3, T, "d"),
                Batches.idempotent(7, 0, 4, T, "e"));
        assertThat(shown(outcomes)).containsExactly("0", "1", "2", "3", "4");
        assertThat(files.writes()).isEqualTo(3);
        assertThat(memory.files("orders-0"))
                .contains(
                        "00000000000000000000.log",
                        "00000000000000000002.log",
                        "00000000000000000004.log",
                        "00000000000000000002.snapshot",
                        "00000000000000000004.snapshot");
        assertThat(store.values(0)).containsExactly("a", "b", "c", "d", "e");
        var recovered = new TestStore(memory.afterProcessDeath(), store.config);
        assertThat(recovered.values(0)).containsExactly("a", "b", "c", "d", "e");
        assertThat(recovered.append(Batches.idempotent(7, 0, 4, T, "e")).duplicate())
                .isTrue();
    }

    @Test
    void aWriteIsBounded() {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        var many = new ArrayList<ByteBuf>();
        for (int i = 0; i < 300; i++) {
            many.add(Batches.of(T, "v" + i));
        }
        store.log.appendAsLeader(many, 0, AppendOrigin.CLIENT, T);
        assertThat(files.writes()).isEqualTo(2);
        var large = "x".repeat(400_000);
        append(store, Batches.of(T, large), Batches.of(T, large), Batches.of(T, large), Batches.of(T, "y"));
        assertThat(files.writes()).isEqualTo(4);
        append(store, Batches.of(T, "z"), Batches.of(T, "x".repeat(2_000_000)), Batches.of(T, "z"));
        assertThat(files.writes()).isEqualTo(7);
        assertThat(store.readAll(0)).hasSize(307);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 60, 77, 160, 230, 500, 799, 801, 1500, 3000})
    void aFullDiskFailsWhatWasNotWrittenAndLosesNothingAcknowledged(int bytes) {
        var small =
                LogConfig.builder().segmentBytes(400).indexIntervalBytes(100).build();
        var store = new TestStore(files, small);
        files.failAfterBytes(bytes);
        int sequence = 0;
        var acknowledged = new ArrayList<String>();
        while (!store.directory.offline()) {
            var values = new ArrayList<String>();
            var group = new ArrayList<ByteBuf>();
            for (int i = 0; i < 7; i++) {
                values.add("value-" + sequence);
                group.add(Batches.idempotent(7, 0, sequence++, T, values.get(i)));
            }
            group.add(Batches.idempotent(7, 0, sequence - 1, T, values.get(6)));
            group.add(Batches.idempotent(7, 0, sequence + 1, T, "gap"));
            var outcomes = store.log.appendAsLeader(group, 0, AppendOrigin.CLIENT, T);
            for (int i = 0; i < 7 && outcomes.get(i).error() == null; i++) {
                acknowledged.add(values.get(i));
            }
            if (store.directory.offline()) {
                assertThat(shown(outcomes).subList(acknowledged.size() - sequence + 7, 9))
                        .containsOnly("KAFKA_STORAGE_ERROR");
            }
        }
        assertThat(store.log.logEndOffset()).isEqualTo(acknowledged.size());
        assertThatThrownBy(() -> append(store, Batches.of(T, "more"))).isInstanceOf(StorageException.class);
        store.directory.close();

        var recovered = new TestStore(memory.afterProcessDeath(), small);
        assertThat(recovered.values(0).subList(0, acknowledged.size())).isEqualTo(acknowledged);
    }

    // ---- the same as one by one

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void groupsLeaveTheSameFilesAsTheirAppendsOneByOne(long seed) throws IOException {
        compare(seed, new MemoryFileSystem("grouped"), new MemoryFileSystem("single"));
    }

    @Test
    void groupsLeaveTheSameFilesAsTheirAppendsOneByOneOnDisk() throws IOException {
        compare(9, new DiskFileSystem(temporary.resolve("grouped")), new DiskFileSystem(temporary.resolve("single")));
    }

    @Test
    void groupsLeaveTheSameFilesForASeedNeverTried() throws IOException {
        compare(new Random().nextLong(), new MemoryFileSystem("grouped"), new MemoryFileSystem("single"));
    }

    private static void compare(long seed, FileSystem groupedFiles, FileSystem singleFiles) throws IOException {
        var random = new Random(seed);
        var config = LogConfig.builder()
                .segmentBytes(800 + random.nextInt(4000))
                .indexIntervalBytes(50 + random.nextInt(500))
                .segmentIndexBytes(50 + random.nextInt(300))
                .segmentMs(random.nextBoolean() ? 40 : 1_000_000)
                .build();
        var grouped = new TestStore(groupedFiles, config);
        var single = new TestStore(singleFiles, config);
        var sequences = new int[3];
        for (int i = 0; i < 60; i++) {
            long nowMs = T + i;
            int epoch = i / 20;
            var group = new ArrayList<ByteBuf>();
            for (int size = 1 + random.nextInt(12); size > 0; size--) {
                group.add(any(random, sequences, nowMs));
            }
            var outcomes = grouped.log.appendAsLeader(
                    group.stream().map(ByteBuf::copy).toList(), epoch, AppendOrigin.CLIENT, nowMs);
            var expected = new ArrayList<AppendOutcome>();
            for (var batch : group) {
                expected.addAll(single.log.appendAsLeader(List.of(batch), epoch, AppendOrigin.CLIENT, nowMs));
            }
            assertThat(shown(outcomes)).as("seed %d", seed).isEqualTo(shown(expected));
            assertThat(outcomes.stream().map(AppendOutcome::result).toList())
                    .as("seed %d", seed)
                    .isEqualTo(expected.stream().map(AppendOutcome::result).toList());
            assertThat(grouped.log.logEndOffset()).isEqualTo(single.log.logEndOffset());
            assertThat(grouped.log.sizeInBytes()).isEqualTo(single.log.sizeInBytes());
        }
        assertThat(contents(grouped)).as("seed %d", seed).isEqualTo(contents(single));
        grouped.directory.close();
        single.directory.close();
        assertThat(contents(grouped)).as("seed %d", seed).isEqualTo(contents(single));
    }

    /** A batch of a producer, mostly its next, or of none; with timestamps that do not always grow, or without. */
    private static ByteBuf any(Random random, int[] sequences, long nowMs) {
        long timestampMs = random.nextInt(20) == 0 ? -1 : nowMs + random.nextInt(30) - 10;
        var values = new String[1 + random.nextInt(4)];
        for (int i = 0; i < values.length; i++) {
            values[i] = "v".repeat(random.nextInt(60));
        }
        if (random.nextInt(3) == 0) {
            return Batches.of(timestampMs, random.nextInt(40) == 0 ? new String[] {"v".repeat(6000)} : values);
        }
        int producer = random.nextInt(sequences.length);
        int sequence = Math.max(0, sequences[producer] + (random.nextInt(6) == 0 ? random.nextInt(5) - 3 : 0));
        if (sequence == sequences[producer]) {
            sequences[producer] += values.length;
        }
        return Batches.idempotent(producer, 0, sequence, timestampMs, values);
    }

    private static TreeMap<String, String> contents(TestStore store) throws IOException {
        var contents = new TreeMap<String, String>();
        for (var name : store.files.files("orders-0")) {
            contents.put(name, Base64.getEncoder().encodeToString(store.files.read("orders-0/" + name)));
        }
        return contents;
    }
}
