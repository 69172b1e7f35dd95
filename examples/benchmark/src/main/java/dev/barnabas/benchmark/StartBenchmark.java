package dev.barnabas.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long a broker takes from {@code start()} to usable: in a fresh JVM, and in a warm one that has started brokers
 * before; how long its first answer takes from then on; the same with Netty's native library on the class path, and where
 * the JVM has the classes in an archive; beside it a port of Netty's with nothing behind it, with the library and without,
 * and Apache Kafka's test kit. Prints medians in a Markdown table.
 */
@Command(name = "start-benchmark", mixinStandardHelpOptions = true)
public final class StartBenchmark implements Callable<Integer> {

    /** This module, whose classes the application's stand for. */
    private static final String OWN = "benchmark";

    /**
     * The jars of an application that names {@code broker-core} as README does, and then a logging backend; in the order
     * that Maven gives them. The application's own classes come last: a class is found sooner in fewer jars, and in the first
     * of them.
     */
    private static final List<String> APPLICATION = List.of(
            "broker-core",
            "broker-storage",
            "broker-protocol",
            "netty-transport",
            "netty-common",
            "netty-buffer",
            "netty-resolver",
            "netty-transport-classes-epoll",
            "netty-transport-native-unix-common",
            "slf4j-api",
            "jspecify",
            "logback-classic",
            "logback-core");

    /** Netty's library for epoll, which an application adds. */
    private static final String NATIVE = "netty-transport-native-epoll";

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
    public Integer call() throws IOException {
        System.out.printf(
                "%d cores, Java %s%n%n",
                Runtime.getRuntime().availableProcessors(), Runtime.version().feature());
        System.out.println(
                "| in memory, median | fresh JVM | first answer, fresh | warm JVM | first answer, warm | close, warm | threads |");
        System.out.println("|---|---|---|---|---|---|---|");
        try (DataDirectory directory = DataDirectory.in(Path.of(System.getProperty("java.io.tmpdir")))) {
            List<String> jars = jars(directory.path());
            List<String> application = application(jars);
            List<String> withNative = new ArrayList<>(application);
            withNative.addAll(named(NATIVE, jars));
            var barnabas = new Probe("barnabas", application, List.of());
            print("Barnabas", barnabas, warmUp, runs);
            print("Barnabas with Netty's native library", new Probe("barnabas", withNative, List.of()), warmUp, runs);
            print("Barnabas, classes from an archive", archived(barnabas, directory.path()), warmUp, runs);
            print("Netty alone: one bound port", new Probe("netty", application, List.of()), warmUp, runs);
            print("Netty alone with its native library", new Probe("netty", withNative, List.of()), warmUp, runs);
            if (kafkaRuns > 0) {
                print("Apache Kafka (KafkaClusterTestKit)", new Probe("kafka", jars, List.of()), 2, kafkaRuns);
            }
        }
        return CommandLine.ExitCode.OK;
    }

    /** The class path of this JVM, each directory as a jar in {@code directory}, so that all lines have the same. */
    private static List<String> jars(Path directory) throws IOException {
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                jars.add(entry);
            } else if (Files.isDirectory(Path.of(entry))) {
                // MODULE/target/classes
                Path classes = Path.of(entry).toAbsolutePath();
                Path jar = directory.resolve(classes.getName(classes.getNameCount() - 3) + "-" + jars.size() + ".jar");
                DirectoryJar.write(Path.of(entry), jar);
                jars.add(jar.toString());
            }
        }
        return jars;
    }

    /** {@code probe} with an archive of all classes that one start of it takes. */
    private static Probe archived(Probe probe, Path directory) {
        Path archive = directory.resolve("classes.jsa");
        probe.with(List.of("-XX:ArchiveClassesAtExit=" + archive)).run(1);
        if (!Files.exists(archive)) {
            throw new IllegalStateException("archive of classes: not written (expected: by -XX:ArchiveClassesAtExit)");
        }
        // By default, -Xshare:auto, a JVM that cannot use the archive starts without it and says nothing.
        return probe.with(List.of("-Xshare:on", "-XX:SharedArchiveFile=" + archive));
    }

    private static void print(String name, Probe probe, int warmUp, int runs) {
        List<Start> fresh = fresh(probe, runs);
        List<Start> warm = warm(probe, warmUp, runs);
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

    private static List<Start> fresh(Probe probe, int runs) {
        List<Start> starts = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            starts.addAll(probe.run(1));
        }
        return starts;
    }

    private static List<Start> warm(Probe probe, int warmUp, int runs) {
        List<Start> starts = probe.run(warmUp + runs);
        return starts.subList(warmUp, starts.size());
    }

    /**
     * Starts {@code contender} in a new JVM.
     *
     * @param jars the class path
     * @param jvmOptions for the JVM
     */
    private record Probe(String contender, List<String> jars, List<String> jvmOptions) {

        Probe with(List<String> options) {
            return new Probe(contender, jars, options);
        }

        /** @param starts how many of them, one after the other in the same JVM */
        List<Start> run(int starts) {
            List<String> command = new ArrayList<>();
            command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
            command.addAll(jvmOptions);
            command.addAll(List.of(
                    "-cp",
                    String.join(File.pathSeparator, jars),
                    StartProbe.class.getName(),
                    contender,
                    Integer.toString(starts)));
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
                    throw new IllegalStateException("probe of " + contender + ": " + jvmOptions + ", exit code " + exit
                            + ", " + result.size() + " starts (expected: " + starts + ")");
                }
            } catch (IOException e) {
                throw new IllegalStateException("probe of " + contender, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
            return result;
        }
    }

    private static List<String> application(List<String> jars) {
        List<String> application = new ArrayList<>();
        for (String artifact : APPLICATION) {
            application.addAll(named(artifact, jars));
        }
        application.addAll(named(OWN, jars));
        return application;
    }

    /** The jars of {@code artifact}, which has a version and may have several classifiers. */
    private static List<String> named(String artifact, List<String> jars) {
        Pattern name = Pattern.compile(Pattern.quote(artifact) + "-\\d.*\\.jar");
        List<String> named = jars.stream()
                .filter(jar -> name.matcher(new File(jar).getName()).matches())
                .toList();
        if (named.isEmpty()) {
            throw new IllegalStateException("class path: no jar of " + artifact + " (expected: one)");
        }
        return named;
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
