package dev.barnabas.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** An empty directory for one process, gone when it is closed. */
record DataDirectory(Path path) implements AutoCloseable {

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
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
