package dev.barnabas.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long a broker takes from {@code start()} to usable: in a fresh JVM, and in a warm one that has started brokers
 * before; how long its first answer takes from then on; beside it a port of Netty's with nothing behind it, and Apache
 * Kafka's test kit. Prints medians in a Markdown table.
 */
@Command(name = "start-benchmark", mixinStandardHelpOptions = true)
public final class StartBenchmark implements Runnable {

    @Option(names = "--runs", defaultValue = "20", description = "Starts of which the median is taken (default: 20)")
    private int runs;

    @Option(names = "--warm-up", defaultValue = "50", description = "Starts before a JVM counts as warm (default: 50)")
    private int warmUp;

    @Option(
            names = "--kafka-runs",
            defaultValue = "20",
            description = "Starts of Apache Kafka's test kit, fresh and warm (default: 20; 0: none)")
    private int kafkaRuns;

    public static void main(String[] args) {
        System.exit(new CommandLine(new StartBenchmark()).execute(args));
    }

    @Override
    public void run() {
        System.out.printf(
                "%d cores, Java %s%n%n",
                Runtime.getRuntime().availableProcessors(), Runtime.version().feature());
        System.out.println(
                "| in memory, median | fresh JVM | first answer, fresh | warm JVM | first answer, warm | close, warm | threads |");
        System.out.println("|---|---|---|---|---|---|---|");
        print("Barnabas", fresh("barnabas", runs), warm("barnabas", warmUp, runs));
        print("Netty alone: one bound port", fresh("netty", runs), warm("netty", warmUp, runs));
        if (kafkaRuns > 0) {
            print("Apache Kafka (KafkaClusterTestKit)", fresh("kafka", kafkaRuns), warm("kafka", 2, kafkaRuns));
        }
    }

    private static void print(String name, List<Start> fresh, List<Start> warm) {
        System.out.printf(
                "| %s | %.1f ms | %s | %.2f ms | %s | %.2f ms | %d |%n",
                name,
                median(fresh.stream().map(Start::startMicros).toList()) / 1_000.0,
                answer(fresh),
                median(warm.stream().map(Start::startMicros).toList()) / 1_000.0,
                answer(warm),
                median(warm.stream().map(Start::closeMicros).toList()) / 1_000.0,
                median(warm.stream().map(Start::threads).toList()));
    }

    private static String answer(List<Start> starts) {
        long micros = median(starts.stream().map(Start::answerMicros).toList());
        return micros < 0 ? "" : "%.2f ms".formatted(micros / 1_000.0);
    }

    private static List<Start> fresh(String contender, int runs) {
        List<Start> starts = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            starts.addAll(probe(contender, 1));
        }
        return starts;
    }

    private static List<Start> warm(String contender, int warmUp, int runs) {
        List<Start> starts = probe(contender, warmUp + runs);
        return starts.subList(warmUp, starts.size());
    }

    private static List<Start> probe(String contender, int starts) {
        List<String> command = List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-cp",
                classPath(contender),
                StartProbe.class.getName(),
                contender,
                Integer.toString(starts));
        List<Start> result = new ArrayList<>();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                lines.lines()
                        .filter(line -> line.matches("\\d+ -?\\d+ \\d+ -?\\d+"))
                        .map(Start::parse)
                        .forEach(result::add);
            }
            int exit = process.waitFor();
            if (exit != 0 || result.size() != starts) {
                throw new IllegalStateException("probe of " + contender + ": exit code " + exit + ", " + result.size()
                        + " starts (expected: " + starts + ")");
            }
        } catch (IOException e) {
            throw new IllegalStateException("probe of " + contender, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return result;
    }

    /**
     * Apache Kafka has all there is; Barnabas what an application with it has, in the order of a build that names the
     * broker and then a logging backend: a class is found sooner in fewer jars, and in the first of them.
     */
    private static String classPath(String contender) {
        List<String> all = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        Stream<String> jars = all.stream()
                .filter(entry -> entry.endsWith(".jar"))
                .filter(jar -> contender.equals("kafka") || isForBarnabas(new File(jar).getName()))
                .sorted(Comparator.comparing(StartBenchmark::isLoggingBackend)
                        .thenComparing(Comparator.naturalOrder()));
        Stream<String> own = all.stream().filter(entry -> !entry.endsWith(".jar"));
        return Stream.concat(jars, own).collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isForBarnabas(String jar) {
        return Stream.of("broker-", "netty-", "slf4j-api-", "logback-").anyMatch(jar::startsWith);
    }

    private static boolean isLoggingBackend(String jar) {
        return new File(jar).getName().startsWith("logback-");
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** One start, in microseconds. */
    private record Start(long startMicros, long answerMicros, long closeMicros, long threads) {
        static Start parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Start(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]));
        }
    }
}
