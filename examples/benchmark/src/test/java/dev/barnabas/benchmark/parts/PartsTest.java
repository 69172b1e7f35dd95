package dev.barnabas.benchmark.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every part once, in this JVM: that it runs, not how fast. */
class PartsTest {

    @Test
    void everyPartRunsWithAllItsParameters() throws Exception {
        // Others on this machine may run JMH at the same time; nothing here is measured.
        System.setProperty("jmh.ignoreLock", "true");
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(10))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        Map<String, Integer> runs = new TreeMap<>();
        results.forEach(result -> runs.merge(
                result.getParams()
                        .getBenchmark()
                        .substring(getClass().getPackageName().length() + 1),
                1,
                Integer::sum));
        assertThat(runs)
                .isEqualTo(Map.of(
                        "DecodeProduceBenchmark.decode", 1,
                        "ValidateBenchmark.validate", 4,
                        "AppendBenchmark.append", 2,
                        "IndexLookupBenchmark.read", 2,
                        "FetchAssemblyBenchmark.assemble", 2));
        assertThat(results)
                .extracting(result -> result.getPrimaryResult().getScore())
                .allSatisfy(score -> assertThat(score).isFinite().isPositive());
    }
}
