package dev.barnabas.benchmark.parts;

import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import dev.barnabas.storage.log.LogDirectory;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/** Logs in memory, or in a directory for temporary files, which is deleted when the store is closed. */
final class Store implements AutoCloseable {

    private final Path directory;
    private final LogStore logs;

    private Store(Path directory, LogStore logs) {
        this.directory = directory;
        this.logs = logs;
    }

    static Store open(Place place) throws IOException {
        Path directory = Files.createTempDirectory("benchmark-parts-");
        FileSystem files = place == Place.DISK ? new DiskFileSystem(directory) : new MemoryFileSystem("memory");
        return new Store(
                directory,
                LogDirectory.open(
                        files,
                        "benchmark",
                        1,
                        LogConfig.DEFAULTS,
                        PooledByteBufAllocator.DEFAULT,
                        new Random(42),
                        Batches.NOW_MS));
    }

    PartitionLog create(int partition, LogConfig config) {
        return logs.create(new TopicPartition("load", partition), new Uuid(1, 1), config);
    }

    @Override
    public void close() throws IOException {
        logs.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
