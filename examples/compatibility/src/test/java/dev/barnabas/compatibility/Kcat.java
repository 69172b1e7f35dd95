package dev.barnabas.compatibility;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** kcat processes: those that run to their end, and those that go on until they are stopped. */
final class Kcat {
    private static final int WAIT_SECONDS = 60;

    private Kcat() {}

    static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("kcat", "-V")
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives kcat these lines to read, and returns the lines that it wrote. */
    static List<String> run(List<String> input, String... arguments) throws IOException, InterruptedException {
        var process = start(arguments);
        var errors = new CopyOnWriteArrayList<String>();
        follow(process.errorReader(StandardCharsets.UTF_8), errors::add);
        var output = new ArrayList<String>();
        var reading = follow(process.inputReader(StandardCharsets.UTF_8), output::add);
        try (var writer = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line : input) {
                writer.write(line);
                writer.write('\n');
            }
        }
        boolean ended = process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        reading.join();
        if (!ended || process.exitValue() != 0) {
            throw new AssertionError(
                    "kcat " + String.join(" ", arguments) + ": " + (ended ? "failed" : "did not end") + ": " + errors);
        }
        return output;
    }

    private static Process start(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("kcat"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }

    private static Thread follow(BufferedReader reader, Consumer<String> line) {
        var thread = new Thread(
                () -> {
                    try (reader) {
                        reader.lines().forEach(line);
                    } catch (IOException | java.io.UncheckedIOException e) {
                        // The process was stopped.
                    }
                },
                "kcat-output");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A member of a balanced consumer group: what it has read and which partitions it owns. */
    static final class Member implements AutoCloseable {
        private static final String ASSIGNED = "assigned: ";
        private final Process process;
        final List<String> read = new CopyOnWriteArrayList<>();
        final List<String> errors = new CopyOnWriteArrayList<>();
        volatile List<String> partitions = List.of();

        Member(String bootstrap, String group, String topic) throws IOException {
            process = start(
                    "-b",
                    bootstrap,
                    "-G",
                    group,
                    "-u",
                    "-f",
                    "%k\\n",
                    "-X",
                    "auto.offset.reset=earliest",
                    "-X",
                    "heartbeat.interval.ms=100",
                    "-X",
                    "auto.commit.interval.ms=200",
                    "-E",
                    topic);
            follow(process.inputReader(StandardCharsets.UTF_8), read::add);
            follow(process.errorReader(StandardCharsets.UTF_8), this::onStatus);
        }

        private void onStatus(String line) {
            if (line.contains(" rebalanced ")) {
                int at = line.indexOf(ASSIGNED);
                partitions = at < 0
                        ? List.of()
                        : List.of(line.substring(at + ASSIGNED.length()).split(", "));
            } else {
                errors.add(line);
            }
        }

        /** Lets it leave its group, with its offsets committed. */
        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
