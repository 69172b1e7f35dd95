package dev.barnabas.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every scenario once, as small as can be, against Barnabas alone: what a benchmark says is not looked at. */
class ScenariosTest {

    private static final Sizes TINY = new Sizes(5_000_000, 200, 0.3, 1_000, 1_000, 1_500, 1, 1);

    /** Without it Logback says on standard output that there are two configurations: the broker's and the benchmark's. */
    private static final String QUIET_LOGBACK =
            "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener";

    private static final List<String> PRODUCE =
            List.of("throughput", "resident after", "threads", "request", "broker CPU", "CPU without JIT");
    private static final List<String> CONSUME =
            List.of("throughput", "resident after", "response", "broker CPU", "CPU without JIT");
    private static final List<String> LATENCY = List.of("p50", "p99", "broker CPU", "CPU without JIT");
    private static final List<String> CONNECTIONS = List.of("all answered", "resident after", "idle CPU");

    private static final Map<String, Comparison> RESULTS = new LinkedHashMap<>();

    @BeforeAll
    static void runEveryScenario(@TempDir Path directory) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var installation = new Installation(
                List.of("-cp", classPath, "dev.barnabas.examples.runnable.Main"),
                classPath,
                directory,
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", QUIET_LOGBACK));
        var rounds = new Rounds(installation, List.of(Contender.BARNABAS), 1, null);
        for (Scenario scenario : Scenarios.of(TINY)) {
            RESULTS.put(scenario.name(), rounds.run(scenario));
        }
        DataDirectory.deleteKept();
        assertThat(directory.toFile().listFiles(File::isDirectory))
                .as("data directories left")
                .isEmpty();
    }

    @Test
    void everyScenarioGivesItsFigures() {
        Map<String, List<String>> expected = new LinkedHashMap<>();
        List.of("produce-1k", "produce-100b", "produce-1k-lz4", "produce-100b-lz4", "produce-1k-fsync")
                .forEach(name -> expected.put(name, PRODUCE));
        List.of("consume-1k", "consume-100b", "consume-1k-3", "consume-100b-3", "consume-1k-lz4", "consume-100b-lz4")
                .forEach(name -> expected.put(name, CONSUME));
        List.of("ack", "ack-fsync", "end-to-end").forEach(name -> expected.put(name, LATENCY));
        expected.put(
                "partitions-1000",
                List.of("created", "created and written", "resident after", "broker CPU", "CPU without JIT"));
        expected.put("connections-1000", CONNECTIONS);
        expected.put("connections-1500", CONNECTIONS);
        expected.put("group-10", List.of("ten joined", "one left", "broker CPU", "CPU without JIT"));
        expected.put("start-stop", List.of("start", "CPU to start", "resident", "threads", "stop"));

        Map<String, List<String>> figures = new LinkedHashMap<>();
        RESULTS.forEach((name, result) -> figures.put(
                name,
                result.metrics(Contender.BARNABAS).stream().map(Metric::name).toList()));
        assertThat(figures).isEqualTo(expected);
    }

    @Test
    void everyFigureIsFiniteAndNotNegative() {
        RESULTS.forEach((name, result) -> assertThat(result.metrics(Contender.BARNABAS))
                .as(name)
                .allSatisfy(metric -> assertThat(metric.value()).isFinite().isNotNegative()));
    }

    @Test
    void whatTakesTimeOrMemoryIsNotZero() {
        RESULTS.forEach((name, result) -> assertThat(result.metrics(Contender.BARNABAS))
                .as(name)
                .filteredOn(metric -> !metric.name().matches(".*(CPU|JIT).*"))
                .allSatisfy(metric -> assertThat(metric.value()).isPositive()));
    }

    @Test
    void theFloorIsMeasuredWhereverBytesLeaveAndEnterThePageCacheOnly() {
        RESULTS.forEach((name, result) -> {
            boolean hasFloor = name.matches("(produce|consume)-.*|ack") && !name.endsWith("-fsync");
            List<String> figures = name.equals("ack") ? LATENCY : List.of("broker CPU", "CPU without JIT");
            assertThat(result.floors())
                    .as(name)
                    .allSatisfy(floor -> assertThat(floor.value()).isFinite().isNotNegative())
                    .extracting(Metric::name)
                    .isEqualTo(hasFloor ? figures : List.of());
        });
    }

    @Test
    void theFloorOfALatencyIsNotZero() {
        assertThat(RESULTS.values().stream().flatMap(result -> result.floors().stream()))
                .filteredOn(floor -> floor.name().startsWith("p"))
                .hasSize(2)
                .allSatisfy(floor -> assertThat(floor.value()).isPositive());
    }

    @Test
    void everyTargetIsOneOfAFigureThatIsMeasured() {
        Set<String> figures = new TreeSet<>();
        RESULTS.forEach((name, result) ->
                result.metrics(Contender.BARNABAS).forEach(metric -> figures.add(name + " " + metric.name())));
        assertThat(figures).containsAll(Targets.ofSingleFigures());
    }

    @Test
    void theTableHasALineForEachFigure() {
        int columns = Comparison.HEADER.lines().findFirst().orElseThrow().split("\\|", -1).length;
        RESULTS.forEach((name, result) -> {
            List<String> lines = new ArrayList<>(result.table().lines().toList());
            assertThat(lines)
                    .hasSameSizeAs(result.metrics(Contender.BARNABAS))
                    .allSatisfy(line -> assertThat(line.split("\\|", -1)).hasSize(columns));
        });
    }
}
