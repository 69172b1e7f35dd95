package dev.barnabas.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** A broker in a JVM of its own on an empty data directory, which is deleted when it is closed. */
final class BrokerProcess implements AutoCloseable {

    private static final long START_TIMEOUT_S = 60;

    private final Process process;
    private final Path directory;
    private final String bootstrapServers;
    private final double startSeconds;
    private final List<Admin> admins = new ArrayList<>();

    private BrokerProcess(Process process, Path directory, String bootstrapServers, double startSeconds) {
        this.process = process;
        this.directory = directory;
        this.bootstrapServers = bootstrapServers;
        this.startSeconds = startSeconds;
    }

    /** Starts {@code contender} and waits until it answers. */
    static BrokerProcess start(Contender contender, Installation installation, Map<String, String> settings)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(installation.dataParent(), "benchmark-");
        return contender == Contender.BARNABAS
                ? startBarnabas(installation, directory, settings)
                : startKafka(installation, directory, settings);
    }

    private static BrokerProcess startBarnabas(Installation installation, Path directory, Map<String, String> settings)
            throws IOException {
        List<String> command = installation.java();
        command.addAll(List.of(
                "-jar", installation.barnabasJar().toString(), "--port", "0", "--data-dir", directory.toString()));
        settings.forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("stderr.txt").toFile())
                .start();
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String ready = output.readLine();
        if (ready == null || !ready.startsWith("READY bootstrap.servers=")) {
            process.destroyForcibly();
            throw new IllegalStateException("Barnabas said: " + ready + " (expected: READY); see " + directory);
        }
        return new BrokerProcess(process, directory, ready.substring(ready.indexOf('=') + 1), secondsSince(begin));
    }

    private static BrokerProcess startKafka(Installation installation, Path directory, Map<String, String> settings)
            throws IOException, InterruptedException {
        int port = freePort();
        int controllerPort = freePort();
        List<String> properties = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + directory.resolve("data"),
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0"));
        settings.forEach((name, value) -> properties.add(name + "=" + value));
        Path config = Files.write(directory.resolve("server.properties"), properties);

        List<String> format = installation.java();
        format.addAll(List.of(
                "-cp",
                installation.classPath(),
                "kafka.tools.StorageTool",
                "format",
                "-t",
                "AAAAAAAAAAAAAAAAAAAAAQ",
                "-c",
                config.toString()));
        int formatted = new ProcessBuilder(format)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("format.txt").toFile())
                .start()
                .waitFor();
        if (formatted != 0) {
            throw new IllegalStateException(
                    "formatting Apache Kafka's directory: exit code " + formatted + "; see " + directory);
        }

        List<String> command = installation.java();
        command.addAll(List.of("-cp", installation.classPath(), "kafka.Kafka", config.toString()));
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("stdout.txt").toFile())
                .start();
        String bootstrap = "127.0.0.1:" + port;
        awaitNode(bootstrap, directory);
        return new BrokerProcess(process, directory, bootstrap, secondsSince(begin));
    }

    private static void awaitNode(String bootstrap, Path directory) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "reconnect.backoff.max.ms", "50"))) {
            admin.describeCluster().nodes().get(START_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Apache Kafka did not start; see " + directory, e);
        }
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** From launching the JVM to the first answer. */
    double startSeconds() {
        return startSeconds;
    }

    /** An admin client that lives as long as the broker. */
    Admin admin() {
        if (admins.isEmpty()) {
            admins.add(Admin.create(Map.of("bootstrap.servers", bootstrapServers, "default.api.timeout.ms", "120000")));
        }
        return admins.get(0);
    }

    double cpuSeconds() {
        return ProcStat.cpuSeconds(process.pid());
    }

    long residentBytes() {
        return ProcStat.residentBytes(process.pid());
    }

    long threads() {
        return ProcStat.threads(process.pid());
    }

    /** Stops the broker with SIGTERM; returns the seconds until it was gone. */
    double stop() throws InterruptedException {
        admins.forEach(Admin::close);
        admins.clear();
        long begin = System.nanoTime();
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return secondsSince(begin);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
