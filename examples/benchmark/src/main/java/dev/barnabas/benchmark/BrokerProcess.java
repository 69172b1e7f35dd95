package dev.barnabas.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** A broker in a JVM of its own on an empty data directory, which is deleted when it is closed. */
final class BrokerProcess implements AutoCloseable {

    private static final long START_SECONDS_MAX = 60;
    private static final long STOP_SECONDS_MAX = 60;
    private static final String READY = "READY bootstrap.servers=";

    private final Process process;
    private final DataDirectory directory;
    private final String bootstrapServers;
    private final double startSeconds;
    private @Nullable Instrument instrument;
    private @Nullable Admin admin;

    private BrokerProcess(Process process, DataDirectory directory, String bootstrapServers, double startSeconds) {
        this.process = process;
        this.directory = directory;
        this.bootstrapServers = bootstrapServers;
        this.startSeconds = startSeconds;
    }

    /** Starts {@code contender} and waits until it answers. */
    static BrokerProcess start(Contender contender, Installation installation, Map<String, String> settings)
            throws IOException, InterruptedException {
        DataDirectory directory = DataDirectory.in(installation.dataParent());
        return contender == Contender.BARNABAS
                ? startBarnabas(installation, directory, settings)
                : startKafka(installation, directory, settings);
    }

    private static BrokerProcess startBarnabas(
            Installation installation, DataDirectory directory, Map<String, String> settings) throws IOException {
        List<String> command = installation.java(installation.barnabas());
        command.addAll(List.of(
                "--port", "0", "--data-dir", directory.path().resolve("data").toString()));
        settings.forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(directory.log().toFile())
                .start();
        String ready = process.inputReader().readLine();
        if (ready == null || !ready.startsWith(READY)) {
            process.destroyForcibly();
            throw new IllegalStateException(
                    "Barnabas said: " + ready + " (expected: " + READY + "...)\n" + directory.logTail());
        }
        return new BrokerProcess(process, directory, ready.substring(READY.length()), secondsSince(begin));
    }

    private static BrokerProcess startKafka(
            Installation installation, DataDirectory directory, Map<String, String> settings)
            throws IOException, InterruptedException {
        int port = freePort();
        Path config = Files.write(
                directory.path().resolve("server.properties"),
                kafkaProperties(port, freePort(), directory.path().resolve("data"), settings));
        format(installation, directory, config);
        long begin = System.nanoTime();
        Process process = kafka(installation, directory, List.of("kafka.Kafka", config.toString()));
        String bootstrap = "127.0.0.1:" + port;
        awaitAnswer(process, bootstrap, directory);
        return new BrokerProcess(process, directory, bootstrap, secondsSince(begin));
    }

    private static List<String> kafkaProperties(
            int port, int controllerPort, Path logDirs, Map<String, String> settings) {
        List<String> properties = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + logDirs,
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0"));
        settings.forEach((name, value) -> properties.add(name + "=" + value));
        return properties;
    }

    private static void format(Installation installation, DataDirectory directory, Path config)
            throws IOException, InterruptedException {
        int exit = kafka(
                        installation,
                        directory,
                        List.of(
                                "kafka.tools.StorageTool",
                                "format",
                                "-t",
                                "AAAAAAAAAAAAAAAAAAAAAQ",
                                "-c",
                                config.toString()))
                .waitFor();
        if (exit != 0) {
            throw new IllegalStateException(
                    "StorageTool: exit code " + exit + " (expected: 0)\n" + directory.logTail());
        }
    }

    private static Process kafka(Installation installation, DataDirectory directory, List<String> arguments)
            throws IOException {
        List<String> command = installation.java(List.of("-cp", installation.classPath()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.log().toFile())
                .start();
    }

    private static void awaitAnswer(Process process, String bootstrap, DataDirectory directory)
            throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "reconnect.backoff.max.ms", "50"))) {
            admin.describeCluster().nodes().get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IllegalStateException("Apache Kafka did not start\n" + directory.logTail(), e);
        }
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    /** One that was free just now. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    InetSocketAddress address() {
        int colon = bootstrapServers.lastIndexOf(':');
        return new InetSocketAddress(
                bootstrapServers.substring(0, colon), Integer.parseInt(bootstrapServers.substring(colon + 1)));
    }

    /** From launching the JVM to the first answer. */
    double startSeconds() {
        return startSeconds;
    }

    /** An admin client that lives as long as the broker. */
    Admin admin() {
        if (admin == null) {
            admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers, "default.api.timeout.ms", "120000"));
        }
        return admin;
    }

    /** Lets {@code instrument} look into every measured part that begins from now on. */
    void observeWith(Instrument instrument) {
        this.instrument = instrument;
    }

    /** Begins the measured part of a scenario. */
    Measurement begin() {
        return Measurement.begin(process.pid(), instrument);
    }

    /** CPU seconds since the process began. */
    double cpuSeconds() {
        return ProcStat.cpuTicks(process.pid()) / ProcStat.TICKS_PER_SECOND;
    }

    long residentBytes() {
        return ProcStat.residentBytes(process.pid());
    }

    long threads() {
        return ProcStat.threads(process.pid());
    }

    /** The last lines of what it logged. */
    String logTail() throws IOException {
        return directory.logTail();
    }

    /** Stops the broker with SIGTERM; returns the seconds until it was gone. */
    double stop() throws InterruptedException {
        if (admin != null) {
            admin.close();
            admin = null;
        }
        long begin = System.nanoTime();
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException(
                    "broker: runs " + STOP_SECONDS_MAX + " s after SIGTERM (expected: ended), killed");
        }
        return secondsSince(begin);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
        directory.close();
    }
}
