package dev.barnabas.compatibility;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scenario with kafka-clients of each major line, two at a time. {@code -Dcompatibility.only=VERSION} runs one of them;
 * {@code -Dcompatibility.bootstrap=HOST:PORT} runs against a broker that is there already, and then does not restart it.
 */
class KafkaClientsTest {
    private static final String ONLY = System.getProperty("compatibility.only", "");
    private static final List<String> BEFORE_ZSTD = List.of("none", "gzip", "snappy", "lz4");
    private static final List<String> ALL = List.of("none", "gzip", "snappy", "lz4", "zstd");

    private record Client(String version, List<String> compressions) {}

    private static final List<Client> CLIENTS = List.of(
            new Client("0.10.0.1", BEFORE_ZSTD),
            new Client("0.10.1.1", BEFORE_ZSTD),
            new Client("0.10.2.2", BEFORE_ZSTD),
            new Client("0.11.0.3", BEFORE_ZSTD),
            new Client("1.0.2", BEFORE_ZSTD),
            new Client("2.0.0", BEFORE_ZSTD),
            new Client("2.8.2", ALL),
            new Client("3.9.2", ALL),
            new Client("4.0.2", ALL),
            new Client("4.3.1", ALL),
            new Client("4.4.0", ALL));

    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @TestFactory
    Stream<DynamicTest> everyClientGoesThroughTheScenario() {
        return CLIENTS.stream()
                .filter(client -> ONLY.isEmpty() || client.version().equals(ONLY))
                .map(client -> new Running(client, threads.submit(() -> {
                    run(client);
                    return null;
                })))
                .toList()
                .stream()
                .map(running -> dynamicTest("kafka-clients " + running.client().version(), () -> running.result()
                        .get()));
    }

    private record Running(Client client, Future<?> result) {}

    private void run(Client client) throws Exception {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        try (var target = target(client);
                var loader = ClientLoader.of(client.version())) {
            thread.setContextClassLoader(loader);
            var scenario = loader.loadClass(ClientScenario.class.getName())
                    .getMethod("run", String.class, String.class, List.class, Runnable.class);
            scenario.setAccessible(true);
            Runnable restart = target::restart;
            scenario.invoke(
                    null,
                    target.bootstrapServers(),
                    "compatibility-" + client.version(),
                    client.compressions(),
                    restart);
        } catch (InvocationTargetException e) {
            throw new AssertionError("kafka-clients " + client.version(), e.getCause());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Target target(Client client) {
        String running = System.getProperty("compatibility.bootstrap", "");
        return running.isEmpty()
                ? EmbeddedBroker.start(directory.resolve(client.version()))
                : new RunningBroker(running);
    }
}
