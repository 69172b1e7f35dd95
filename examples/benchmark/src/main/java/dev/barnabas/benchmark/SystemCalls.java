package dev.barnabas.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts the broker's system calls with {@code strace -c -f}, which has to be installed and allowed to trace. */
final class SystemCalls implements Instrument {

    private static final int LINES_REPORTED = 20;

    private final Path summary;
    private @Nullable Process strace;

    /** @param directory where strace leaves its summary */
    SystemCalls(Path directory) throws IOException {
        this.summary = Files.createDirectories(directory).resolve("strace.txt");
    }

    @Override
    public void attach(long pid) {
        try {
            strace = new ProcessBuilder(
                            "strace", "-c", "-f", "-S", "calls", "-p", Long.toString(pid), "-o", summary.toString())
                    .start();
            // "strace: Process 1 attached with 20 threads", once it has all of them.
            String attached = strace.errorReader().readLine();
            if (attached == null || !attached.contains("attached")) {
                throw new IllegalStateException("strace said: " + attached + " (expected: attached)");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void detach(long pid) {
        if (strace == null) {
            throw new IllegalStateException("strace: not attached");
        }
        strace.destroy();
        try {
            if (!strace.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("strace: runs 10 s after SIGTERM (expected: ended)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public String report(String scenario) {
        if (!Files.exists(summary)) {
            return "nothing was measured whose system calls could be counted";
        }
        try {
            List<String> lines = Files.readAllLines(summary);
            Files.delete(summary);
            return String.join("\n", lines.subList(0, Math.min(LINES_REPORTED, lines.size())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
