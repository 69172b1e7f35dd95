package dev.barnabas.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every scenario of the script against Apache Kafka and against Barnabas, side by side in this JVM, and fails on each answer that differs
 * and is not listed as meant. {@code -Dparity.only=NAME} runs one scenario. The report, {@code target/parity-report.txt}, shows for each
 * step that differs the question, the places, and both answers.
 */
class ParityTest {
    private static final String ONLY = System.getProperty("parity.only", "");
    private static final int REQUESTS_MIN = 300;

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);
    private static final LeakWatch LEAKS = new LeakWatch();
    private static Target kafka;
    private static Target barnabas;
    private static PrintWriter report;

    private final MeantDifferences meant = new MeantDifferences();
    private final Coverage coverage = new Coverage();
    private int asked;
    private int differing;

    @BeforeAll
    static void start(@TempDir Path dataDir) throws Exception {
        report = new PrintWriter(Files.newBufferedWriter(Path.of("target", "parity-report.txt")));
        Future<Target> starting = THREADS.submit(() -> ApacheKafka.start(Target.PROPERTIES));
        barnabas = Barnabas.start(Target.PROPERTIES, dataDir);
        kafka = starting.get();
    }

    @AfterAll
    static void stop() throws Exception {
        THREADS.shutdownNow();
        report.close();
        kafka.close();
        barnabas.close();
        assertThat(LEAKS.found()).as("buffers that Barnabas lost").isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> bothAnswerAlike() {
        var scenarios = Script.scenarios().stream()
                .filter(s -> ONLY.isEmpty() || s.name().equals(ONLY))
                .map(s -> dynamicTest(s.name(), () -> runOnBoth(s)));
        return ONLY.isEmpty()
                ? Stream.concat(scenarios, Stream.of(dynamicTest("the whole script", this::whole)))
                : scenarios;
    }

    private void runOnBoth(Scenario scenario) throws Exception {
        Callable<List<Step>> onKafka = () -> Session.run(scenario, kafka);
        var theirs = THREADS.submit(onKafka);
        var ours = Session.run(scenario, barnabas);
        asked += theirs.get().size();
        coverage.add(theirs.get());
        var differences = meant.notMeant(Difference.between(scenario.name(), theirs.get(), ours));
        differing += differences.size();
        if (!differences.isEmpty()) {
            describe(scenario, differences, theirs.get(), ours);
        }
        assertThat(differences)
                .as(
                        "%s: answers that differ from Apache Kafka's; both in full in target/parity-report.txt",
                        scenario.name())
                .isEmpty();
    }

    private void whole() throws Exception {
        report.printf("%n%d questions asked, %d differences that are not meant%n", asked, differing);
        assertThat(asked).isGreaterThanOrEqualTo(REQUESTS_MIN);
        assertThat(coverage.missing(kafka, barnabas))
                .as("versions that both brokers advertise and that no step of the script asks about")
                .isEmpty();
        assertThat(meant.stale())
                .as("lines of meant-differences.txt that meet no difference any more")
                .isEmpty();
    }

    private static void describe(Scenario scenario, List<Difference> differences, List<Step> theirs, List<Step> ours) {
        Map<String, Step> byName = new HashMap<>();
        ours.forEach(step -> byName.put(step.name(), step));
        report.printf("%n======== %s: %d differences%n", scenario.name(), differences.size());
        for (var step : Stream.concat(theirs.stream(), ours.stream().filter(o -> theirs.stream()
                        .noneMatch(t -> t.name().equals(o.name()))))
                .toList()) {
            var here = differences.stream()
                    .filter(d -> d.step().equals(step.name()))
                    .toList();
            if (here.isEmpty()) {
                continue;
            }
            report.printf("%n%s%n    ? %s%n", step.name(), step.request());
            here.forEach(d -> report.printf("    %s: Kafka %s, Barnabas %s%n", d.path(), d.kafka(), d.barnabas()));
            report.printf("    Kafka    = %s%n", step.answer());
            var our = byName.get(step.name());
            report.printf("    Barnabas = %s%n", our == null ? "(not asked)" : our.answer());
        }
        report.flush();
    }
}
