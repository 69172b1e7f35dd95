package dev.barnabas.durability;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A running {@link BrokerMain}. */
final class BrokerProcess implements AutoCloseable {

    private static final long START_SECONDS_MAX = 30;
    private static final long END_SECONDS_MAX = 30;

    private final Process process;
    private final CompletableFuture<Void> ready;

    private BrokerProcess(Process process) {
        this.process = process;
        this.ready = CompletableFuture.runAsync(this::awaitReadyLine);
    }

    /** @param log where what it writes to standard error is appended */
    static BrokerProcess start(Path directory, int port, Path log, List<String> properties) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BrokerMain.class.getName(),
                directory.toString(),
                Integer.toString(port)));
        command.addAll(properties);
        return new BrokerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    private void awaitReadyLine() {
        try {
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String line = output.readLine();
            if (line == null || !line.startsWith(BrokerMain.READY)) {
                throw new IllegalStateException("first line: " + line + " (expected: " + BrokerMain.READY + ")");
            }
        } catch (IOException e) {
            throw new IllegalStateException("the broker was killed before it was ready", e);
        }
    }

    /** Returns once the broker serves. */
    void awaitReady() throws Exception {
        ready.get(START_SECONDS_MAX, TimeUnit.SECONDS);
    }

    boolean isReady() {
        return ready.isDone() && !ready.isCompletedExceptionally();
    }

    /** Sends SIGKILL and returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() throws InterruptedException {
        if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("broker process " + process.pid() + ": runs (expected: ended)");
        }
    }

    /** Stops it cleanly. */
    @Override
    public void close() throws IOException, InterruptedException {
        if (process.isAlive()) {
            process.getOutputStream().close();
            awaitEnd();
        }
    }
}
