package dev.barnabas.benchmark;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: drives the contenders through the scenarios and prints the table. */
@Command(
        name = "run.sh",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Drives Apache Kafka and Barnabas in turn with the same clients and prints one table.")
public final class Benchmark implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(Benchmark.class);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds of each scenario. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--only",
            split = ",",
            description = "Scenarios to run, by name; a trailing * stands for anything. Default: all")
    private List<String> only = List.of();

    @Option(names = "--contender", description = "Run only this one: ${COMPLETION-CANDIDATES}")
    private @Nullable Contender single;

    @Option(
            names = "--megabytes",
            defaultValue = "1000",
            description = "Record values of a throughput scenario, in MB. Default: ${DEFAULT-VALUE}")
    private long megabytes;

    @Option(
            names = "--requests",
            defaultValue = "20000",
            description = "Requests of a latency scenario. Default: ${DEFAULT-VALUE}")
    private int requests;

    @Option(
            names = "--warm-up",
            defaultValue = "1",
            description = "What comes before each measured part, as a multiple of it. Default: ${DEFAULT-VALUE}")
    private double warmUp;

    @Option(
            names = "--heap",
            defaultValue = "1g",
            description = "-Xms and -Xmx of each broker. Default: ${DEFAULT-VALUE}")
    private String heap = "";

    @Option(
            names = "--data-parent",
            defaultValue = "examples/benchmark/target/data",
            description = "Data directories are made in here. Default: ${DEFAULT-VALUE}")
    private Path dataParent = Path.of("");

    @Option(
            names = "--profile",
            description = "Attach async-profiler to Barnabas in the measured parts; flame graphs go to --output")
    private boolean profile;

    @Option(
            names = "--profile-event",
            defaultValue = "cpu",
            description = "cpu, ctimer, itimer, wall, alloc or lock. Default: ${DEFAULT-VALUE}")
    private String profileEvent = "";

    @Option(names = "--syscalls", description = "Count the system calls of Barnabas in the measured parts with strace")
    private boolean systemCalls;

    @Option(
            names = "--output",
            defaultValue = "examples/benchmark/target/profiles",
            description = "Where --profile and --syscalls leave their files. Default: ${DEFAULT-VALUE}")
    private Path output = Path.of("");

    @Option(
            names = "--jar",
            defaultValue = "examples/target/barnabas.jar",
            description = "The runnable broker. Default: ${DEFAULT-VALUE}")
    private Path jar = Path.of("");

    public static void main(String[] args) {
        // An interrupt ends the brokers, too.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroy)));
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("command line: not parsed");
        }
        List<Scenario> scenarios = selected(spec.commandLine());
        var installation = new Installation(
                List.of("-jar", jar.toString()),
                System.getProperty("java.class.path"),
                dataParent,
                List.of("-Xms" + heap, "-Xmx" + heap));
        printHeader();
        try {
            return run(scenarios, installation, instrument());
        } finally {
            DataDirectory.deleteKept();
        }
    }

    private void printHeader() {
        System.out.printf(
                "%s, %d cores, Linux %s, Java %s, heap %s, rounds: %d, MB: %d, requests: %d, warm-up: %s%n%n%s%n",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Runtime.version(),
                heap,
                rounds,
                megabytes,
                requests,
                warmUp,
                Comparison.HEADER);
    }

    /** A scenario that fails has no lines in the table, and costs the others nothing but the exit code. */
    private int run(List<Scenario> scenarios, Installation installation, @Nullable Instrument instrument)
            throws InterruptedException {
        var bench = new Rounds(installation, contenders(), rounds, instrument);
        int exitCode = CommandLine.ExitCode.OK;
        List<String> reports = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            try {
                System.out.print(bench.run(scenario).table());
                if (instrument != null) {
                    reports.add(scenario.name() + "\n" + instrument.report(scenario.name()));
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                log.error("Scenario failed name={}", scenario.name(), e);
                exitCode = CommandLine.ExitCode.SOFTWARE;
            }
        }
        reports.forEach(report -> System.out.printf("%n%s%n", report));
        return exitCode;
    }

    private List<Scenario> selected(CommandLine commandLine) {
        List<Scenario> all = Scenarios.of(Sizes.of(megabytes, requests, warmUp));
        Set<String> unknown = new TreeSet<>(only);
        unknown.removeIf(pattern -> all.stream().anyMatch(scenario -> matches(scenario, pattern)));
        if (!unknown.isEmpty()) {
            throw new ParameterException(
                    commandLine,
                    "--only: " + unknown + " (expected: "
                            + all.stream().map(Scenario::name).collect(Collectors.joining(", ")) + ")");
        }
        return all.stream()
                .filter(scenario -> only.isEmpty() || only.stream().anyMatch(pattern -> matches(scenario, pattern)))
                .toList();
    }

    private static boolean matches(Scenario scenario, String pattern) {
        return pattern.endsWith("*")
                ? scenario.name().startsWith(pattern.substring(0, pattern.length() - 1))
                : scenario.name().equals(pattern);
    }

    private List<Contender> contenders() {
        return single == null ? List.of(Contender.values()) : List.of(single);
    }

    private @Nullable Instrument instrument() throws Exception {
        if (profile) {
            return new Profiler(output, profileEvent);
        }
        return systemCalls ? new SystemCalls(output) : null;
    }
}
