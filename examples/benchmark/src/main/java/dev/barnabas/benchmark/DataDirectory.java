package dev.barnabas.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * An empty directory for one process, gone when it is closed; one of many files is gone when the benchmark is over, since
 * ext4 does not reuse an inode for minutes after its deletion, and who makes files meanwhile pays for the search.
 */
record DataDirectory(Path path) implements AutoCloseable {

    private static final int MANY_FILES = 500;
    private static final Queue<DataDirectory> KEPT = new ConcurrentLinkedQueue<>();

    private static final int TAIL_LINES = 20;

    static DataDirectory in(Path parent) throws IOException {
        return new DataDirectory(Files.createTempDirectory(Files.createDirectories(parent), "benchmark-"));
    }

    /** Where the process writes its log, beside its data. */
    Path log() {
        return path.resolve("process.log");
    }

    /** The last lines of {@link #log}. */
    String logTail() throws IOException {
        List<String> lines = Files.readAllLines(log());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    @Override
    public void close() throws IOException {
        List<Path> files = files();
        if (files.size() < MANY_FILES) {
            delete(files);
        } else {
            KEPT.add(this);
        }
    }

    /** Deletes those that were kept when they were closed. */
    static void deleteKept() throws IOException {
        for (DataDirectory kept = KEPT.poll(); kept != null; kept = KEPT.poll()) {
            delete(kept.files());
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }

    private static void delete(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
