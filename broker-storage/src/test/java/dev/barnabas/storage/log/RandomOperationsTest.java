package dev.barnabas.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.record.Compression;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.TimestampAndOffset;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations on a log and on a simple model of it, with clean restarts, kills and power losses in between. */
class RandomOperationsTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aLogInMemoryBehavesAsTheModel(long seed) throws IOException {
        new Run(seed, new MemoryFileSystem("memory")).operations(250);
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103})
    void aLogOnDiskBehavesAsTheModel(long seed) throws IOException {
        new Run(seed, new DiskFileSystem(temporary.resolve("0"))).operations(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"new"})
    void aLogBehavesAsTheModelForASeedNeverTried(String any) throws IOException {
        new Run(new Random().nextLong(), new MemoryFileSystem("memory")).operations(250);
    }

    private final class Run {
        private final long seed;
        private final Random random;
        private final TreeMap<Long, Batches.Seen> model = new TreeMap<>();
        private final LogConfig config;
        private FileSystem files;
        private LogDirectory directory;
        private PartitionLog log;
        private long start;
        private long end;
        private long highWatermark;
        private long flushed;
        private int images;
        private int sequence;

        Run(long seed, FileSystem files) {
            this.seed = seed;
            this.random = new Random(seed);
            this.files = files;
            this.config = LogConfig.builder()
                    .segmentBytes(1500 + random.nextInt(3000))
                    .indexIntervalBytes(50 + random.nextInt(500))
                    .segmentIndexBytes(200 + random.nextInt(500))
                    .build();
            open();
        }

        private void open() {
            directory = LogDirectory.open(
                    files, "cluster", 1, config, Batches.ALLOCATOR, new Random(seed), TestStore.NOW_MS);
            log = directory.create(TestStore.PARTITION, TestStore.TOPIC_ID, config);
        }

        void operations(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                var name = "nothing";
                try {
                    name = operation();
                    check();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed: " + seed + ", operation " + i + ": " + name, e);
                }
            }
            directory.close();
        }

        private String operation() throws IOException {
            int dice = random.nextInt(100);
            if (dice < 60) {
                append();
                return "append";
            } else if (dice < 70) {
                flush();
                return "flush";
            } else if (dice < 76) {
                highWatermark = Math.max(highWatermark, start + random.nextLong(end - start + 1));
                log.updateHighWatermark(highWatermark);
                return "high watermark";
            } else if (dice < 80) {
                advanceStart();
                return "log start";
            } else if (dice < 84) {
                truncate();
                return "truncate";
            } else if (dice < 88) {
                directory.checkpoint();
                return "checkpoint";
            } else if (dice < 92) {
                directory.close();
                open();
                flushed = end;
                return "restart";
            } else if (dice < 96) {
                kill();
                return "kill";
            }
            losePower();
            return "power loss";
        }

        private void append() {
            long timestamp = TestStore.NOW_MS + random.nextInt(1000);
            var values = new String[1 + random.nextInt(4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = end + i + "-" + "x".repeat(random.nextInt(60));
            }
            var compression = Compression.values()[random.nextInt(2)];
            var idempotent = random.nextBoolean();
            ByteBuf batch = idempotent
                    ? Batches.idempotent(7, 0, sequence, timestamp, values)
                    : Batches.compressed(compression, timestamp, values);
            if (idempotent) {
                sequence += values.length;
            }
            var records = Batches.records(batch);
            var result = log.appendAsLeader(batch, 3, AppendOrigin.CLIENT, TestStore.NOW_MS);
            assertThat(result.firstOffset()).isEqualTo(end);
            for (var record : records) {
                var seen = new Batches.Seen(end + record.offset(), record.timestamp(), record.key(), record.value());
                model.put(seen.offset(), seen);
            }
            end += values.length;
            assertThat(result.lastOffset()).isEqualTo(end - 1);
        }

        private void flush() {
            var task = log.prepareFlush();
            task.run();
            log.onFlushed(task);
            flushed = end;
        }

        private void advanceStart() {
            highWatermark = log.highWatermark();
            long offset = start + random.nextLong(highWatermark - start + 1);
            log.advanceLogStartOffset(offset, TestStore.NOW_MS);
            start = offset;
            model.headMap(offset).clear();
            directory.checkpoint();
        }

        private void truncate() {
            if (random.nextInt(8) == 0) {
                long offset = end + random.nextInt(3);
                log.truncateFullyAndStartAt(offset);
                directory.checkpoint();
                start = offset;
                end = offset;
                model.clear();
                sequence = lastSequence();
            } else if (end > start) {
                long offset = boundaries().get(random.nextInt(boundaries().size()));
                log.truncateTo(offset);
                directory.checkpoint();
                end = offset;
                model.tailMap(offset).clear();
                sequence = lastSequence();
            }
            flushed = Math.min(flushed, end);
            highWatermark = log.highWatermark();
        }

        /** The offsets at which batches begin. */
        private List<Long> boundaries() {
            var offsets = new ArrayList<Long>();
            long next = start;
            while (next < end) {
                var first = log.read(next, 1, Long.MAX_VALUE, true);
                if (first.firstOffset() >= start) {
                    offsets.add(first.firstOffset());
                }
                var bytes = Unpooled.buffer();
                first.records().writeTo(bytes);
                first.records().release();
                var records = Batches.records(bytes);
                next = records.get(records.size() - 1).offset() + 1;
            }
            offsets.add(end);
            return offsets;
        }

        private int lastSequence() {
            return log.activeProducers().isEmpty()
                    ? 0
                    : log.activeProducers().get(0).lastSequence() + 1;
        }

        private void kill() throws IOException {
            var before = files;
            if (files instanceof MemoryFileSystem memory) {
                files = memory.afterProcessDeath();
            } else {
                files = copyOfDisk();
            }
            open();
            flushed = Math.min(flushed, end);
            assertThat(log.logEndOffset())
                    .as("nothing written is lost from %s", before.name())
                    .isEqualTo(end);
            log.updateHighWatermark(highWatermark);
        }

        private FileSystem copyOfDisk() throws IOException {
            var from = Path.of(files.name());
            var to = temporary.resolve(Integer.toString(++images));
            try (var paths = Files.walk(from)) {
                for (var path : paths.toList()) {
                    Files.copy(path, to.resolve(from.relativize(path).toString()));
                }
            }
            return new DiskFileSystem(to);
        }

        private void losePower() {
            if (!(files instanceof MemoryFileSystem memory)) {
                return;
            }
            directory.checkpoint();
            files = memory.afterPowerLoss();
            open();
            assertThat(log.logEndOffset()).as("log end").isBetween(Math.max(start, flushed), end);
            end = log.logEndOffset();
            model.tailMap(end).clear();
            sequence = lastSequence();
            highWatermark = log.highWatermark();
        }

        private void check() {
            highWatermark = log.highWatermark();
            assertThat(log.logStartOffset()).as("log start").isEqualTo(start);
            assertThat(log.logEndOffset()).as("log end").isEqualTo(end);
            assertThat(highWatermark).isBetween(start, end);
            assertThat(log.recoveryPoint()).isBetween(0L, end);
            if (end > start) {
                long from = start + random.nextLong(end - start);
                int maxBytes = 1 + random.nextInt(2000);
                assertThat(TestStore.readAll(log, from, maxBytes))
                        .containsExactlyElementsOf(model.tailMap(from).values());
                checkTimestamps();
            }
            if (end > start) {
                assertThat(log.latestEpoch()).hasValue(3);
                assertThat(log.endOffsetForEpoch(3).endOffset()).isEqualTo(end);
            }
        }

        private void checkTimestamps() {
            long wanted = TestStore.NOW_MS + random.nextInt(1000);
            var expected = model.values().stream()
                    .filter(record -> record.timestamp() >= wanted)
                    .findFirst()
                    .map(record -> new TimestampAndOffset(record.timestamp(), record.offset(), 3))
                    .orElse(null);
            assertThat(log.offsetForTimestamp(wanted, Long.MAX_VALUE))
                    .as("record at or after %s", wanted)
                    .isEqualTo(expected);
        }
    }
}
