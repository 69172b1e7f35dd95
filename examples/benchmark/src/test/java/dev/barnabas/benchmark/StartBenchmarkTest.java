package dev.barnabas.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The table once, of one start each: what it says is not looked at. */
class StartBenchmarkTest {

    @Test
    void theTableHasALineForEachWayToStart() {
        PrintStream standardOutput = System.out;
        var table = new ByteArrayOutputStream();
        System.setOut(new PrintStream(table, true, StandardCharsets.UTF_8));
        try {
            assertThat(new CommandLine(new StartBenchmark())
                            .execute("--runs", "1", "--warm-up", "1", "--kafka-runs", "0"))
                    .isZero();
        } finally {
            System.setOut(standardOutput);
        }
        String answered = "( \\d+\\.\\d+ ms \\|){5} \\d+ \\|";
        String unanswered = " \\d+\\.\\d+ ms \\|  \\| \\d+\\.\\d+ ms \\|  \\| \\d+\\.\\d+ ms \\| \\d+ \\|";
        assertThat(table.toString(StandardCharsets.UTF_8).lines().skip(4).toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches("\\| Barnabas \\|" + answered),
                        line -> assertThat(line).matches("\\| Barnabas with Netty's native library \\|" + answered),
                        line -> assertThat(line).matches("\\| Barnabas, classes from an archive \\|" + answered),
                        line -> assertThat(line).matches("\\| Netty alone: one bound port \\|" + unanswered),
                        line -> assertThat(line).matches("\\| Netty alone with its native library \\|" + unanswered));
    }
}
