package dev.barnabas.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Drives Apache Kafka and Barnabas in turn with the same clients and prints one table of medians and ratios. The rounds
 * alternate which of the two goes first; each scenario gets a fresh broker.
 */
@Command(name = "benchmark", mixinStandardHelpOptions = true)
public final class Benchmark implements Runnable {

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds of which the medians are taken (default: 3)")
    private int rounds;

    @Option(names = "--heap", defaultValue = "1g", description = "-Xms and -Xmx of each broker (default: 1g)")
    private String heap;

    @Option(
            names = "--megabytes",
            defaultValue = "1000",
            description = "Data of each throughput scenario, in MB (default: 1000)")
    private long megabytes;

    @Option(names = "--only", split = ",", description = "Scenarios to run, by name (default: all)")
    private List<String> only = List.of();

    @Option(names = "--contender", description = "Run only this one: ${COMPLETION-CANDIDATES}")
    private @org.jspecify.annotations.Nullable Contender single;

    @Option(
            names = "--data-parent",
            defaultValue = "target",
            description = "Data directories are made in here (default: target)")
    private Path dataParent;

    @Option(
            names = "--jar",
            defaultValue = "examples/target/barnabas.jar",
            description = "The runnable broker (default: ${DEFAULT-VALUE})")
    private Path jar;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }

    private List<Scenario> scenarios() {
        long bytes = megabytes * 1_000_000;
        Map<String, String> fsync = Map.of("log.flush.interval.messages", "1");
        return List.<Scenario>of(
                        new ProduceScenario("produce-1k", 1_000, "none", bytes, Map.of()),
                        new ProduceScenario("produce-100b", 100, "none", bytes / 4, Map.of()),
                        new ProduceScenario("produce-1k-lz4", 1_000, "lz4", bytes, Map.of()),
                        new ProduceScenario("produce-100b-lz4", 100, "lz4", bytes / 4, Map.of()),
                        new ProduceScenario("produce-1k-fsync", 1_000, "none", bytes / 10, fsync),
                        new ConsumeScenario("consume-1", 1, bytes),
                        new ConsumeScenario("consume-3", 3, bytes / 2),
                        new AckLatencyScenario("ack", 20_000, Map.of()),
                        new AckLatencyScenario("ack-fsync", 1_000, fsync),
                        new EndToEndLatencyScenario(),
                        new PartitionsScenario(),
                        new ConnectionsScenario(1_000),
                        new ConnectionsScenario(10_000),
                        new GroupScenario(),
                        new StartStopScenario())
                .stream()
                .filter(scenario -> only.isEmpty() || only.contains(scenario.name()))
                .toList();
    }

    @Override
    public void run() {
        var installation = new Installation(jar, System.getProperty("java.class.path"), dataParent, heap);
        System.out.printf(
                "%s, %d cores, Java %s, heap %s, %d rounds%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                heap,
                rounds);
        try {
            if (only.isEmpty()) {
                RawFloor.Floor floor = RawFloor.measure(installation, megabytes * 1_000_000);
                System.out.printf(
                        "Raw floor: receive, CRC-32C and write %.2f CPU s/GB; sendfile %.2f CPU s/GB%n%n",
                        floor.receive(), floor.send());
            }
            System.out.println("| scenario | figure | Apache Kafka | Barnabas | ratio |");
            System.out.println("|---|---|---|---|---|");
            for (Scenario scenario : scenarios()) {
                measure(scenario, installation).print(scenario.name());
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("benchmark", e);
        }
    }

    private Results measure(Scenario scenario, Installation installation) throws IOException, InterruptedException {
        var results = new Results();
        for (int round = 0; round < rounds; round++) {
            List<Contender> order = new ArrayList<>(List.of(Contender.values()));
            if (round % 2 == 1) {
                java.util.Collections.reverse(order);
            }
            for (Contender contender : order) {
                if (single == null || single == contender) {
                    try (BrokerProcess broker = BrokerProcess.start(contender, installation, scenario.settings())) {
                        results.add(contender, scenario.run(broker));
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(contender.title() + ", " + scenario.name(), e);
                    }
                }
            }
        }
        return results;
    }

    /** The figures of one scenario, over all rounds. */
    private static final class Results {
        private final Map<String, Map<Contender, List<Metric>>> byName = new LinkedHashMap<>();

        void add(Contender contender, List<Metric> metrics) {
            for (Metric metric : metrics) {
                byName.computeIfAbsent(metric.name(), name -> new LinkedHashMap<>())
                        .computeIfAbsent(contender, c -> new ArrayList<>())
                        .add(metric);
            }
        }

        void print(String scenario) {
            byName.forEach((name, sides) -> {
                String unit = sides.values().iterator().next().get(0).unit();
                double kafka = median(sides.get(Contender.APACHE_KAFKA));
                double barnabas = median(sides.get(Contender.BARNABAS));
                System.out.printf(
                        "| %s | %s%s | %s | %s | %s |%n",
                        scenario,
                        name,
                        unit.isEmpty() ? "" : ", " + unit,
                        text(kafka),
                        text(barnabas),
                        text(barnabas / kafka));
            });
        }

        private static double median(@org.jspecify.annotations.Nullable List<Metric> metrics) {
            return metrics == null
                    ? Double.NaN
                    : metrics.stream()
                            .map(Metric::value)
                            .sorted()
                            .skip(metrics.size() / 2)
                            .findFirst()
                            .orElseThrow();
        }

        private static String text(double value) {
            return Double.isNaN(value)
                    ? "-"
                    : value >= 100 ? String.format("%.0f", value) : String.format("%.2f", value);
        }
    }
}
