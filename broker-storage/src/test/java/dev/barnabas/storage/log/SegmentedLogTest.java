package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentedLogTest {
    private static final long T = TestStore.NOW_MS;

    @TempDir
    static Path temporary;

    static Stream<FileSystem> fileSystems() throws IOException {
        return Stream.of(
                new MemoryFileSystem("memory"), new DiskFileSystem(Files.createTempDirectory(temporary, "disk-")));
    }

    private static void appendNumbers(TestStore store, int count) {
        for (int i = 0; i < count; i++) {
            store.append(Batches.of(T + i, "value-" + i));
        }
    }

    private static String[] numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "value-" + i).toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void assignsOffsetsAndReadsBack(FileSystem files) {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        var first = store.append(Batches.of(T, "a", "b", "c"));
        var second = store.append(Batches.of(T + 1, "d"));
        assertThat(first.firstOffset()).isZero();
        assertThat(first.lastOffset()).isEqualTo(2);
        assertThat(second.firstOffset()).isEqualTo(3);
        assertThat(second.maxTimestampMs()).isEqualTo(T + 1);
        assertThat(second.logAppendTimeMs()).isEqualTo(-1);
        assertThat(store.log.logEndOffset()).isEqualTo(4);
        assertThat(store.values(0)).containsExactly("a", "b", "c", "d");
        assertThat(store.values(1)).containsExactly("b", "c", "d");
        store.directory.close();
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void readsOnAcrossSegments(FileSystem files) {
        var store = new TestStore(
                files,
                LogConfig.builder().segmentBytes(1000).indexIntervalBytes(100).build());
        appendNumbers(store, 100);
        for (int offset : new int[] {0, 1, 37, 99}) {
            assertThat(store.values(offset)).containsExactly(numbers(offset, 100));
        }
        assertThat(store.log.sizeInBytes()).isGreaterThan(5000);
        store.directory.close();
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void keepsEverythingAcrossACleanRestart(FileSystem files) {
        var store = new TestStore(
                files,
                LogConfig.builder().segmentBytes(1000).indexIntervalBytes(100).build());
        appendNumbers(store, 100);
        store.reopen();
        assertThat(store.log.logEndOffset()).isEqualTo(100);
        assertThat(store.log.recoveryPoint()).isEqualTo(100);
        assertThat(store.log.topicId()).isEqualTo(TestStore.TOPIC_ID);
        assertThat(store.values(0)).containsExactly(numbers(0, 100));
        appendNumbers(store, 1);
        assertThat(store.log.logEndOffset()).isEqualTo(101);
        store.directory.close();
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void returnsWholeBatchesWithinMaxBytesButAtLeastOneIfAsked(FileSystem files) {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        appendNumbers(store, 10);
        int batchBytes = Batches.of(T, "value-0").readableBytes();
        var result = store.log.read(2, 3 * batchBytes + 5, Long.MAX_VALUE, false);
        assertThat(result.records().sizeInBytes()).isEqualTo(3 * batchBytes);
        assertThat(result.firstOffset()).isEqualTo(2);
        assertThat(result.truncatedByMaxBytes()).isTrue();
        result.records().release();
        assertThat(store.log.read(2, 10, Long.MAX_VALUE, false).records().sizeInBytes())
                .isZero();
        var forced = store.log.read(2, 10, Long.MAX_VALUE, true);
        assertThat(forced.records().sizeInBytes()).isEqualTo(batchBytes);
        forced.records().release();
        store.directory.close();
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void leavesOutWhatLiesAtOrAboveTheUpperOffset(FileSystem files) {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        appendNumbers(store, 10);
        var result = store.log.read(2, 1 << 20, 5, true);
        var bytes = Unpooled.buffer();
        result.records().writeTo(bytes);
        assertThat(Batches.records(bytes)).extracting(Batches.Seen::offset).containsExactly(2L, 3L, 4L);
        result.records().release();
        assertThat(store.log.read(5, 1 << 20, 5, true).records().sizeInBytes()).isZero();
        assertThat(store.log.read(10, 1 << 20, 20, true).records().sizeInBytes())
                .isZero();
        store.directory.close();
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void refusesOffsetsOutsideTheLog(FileSystem files) {
        var store = new TestStore(files, LogConfig.DEFAULTS);
        appendNumbers(store, 10);
        store.log.updateHighWatermark(10);
        store.log.advanceLogStartOffset(3, T);
        for (long offset : new long[] {-1, 2, 11}) {
            assertThatThrownBy(() -> store.log.read(offset, 100, Long.MAX_VALUE, true))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
        }
        store.directory.close();
    }
}
