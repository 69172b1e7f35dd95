package dev.barnabas.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollapsedStacksTest {

    @Test
    void selfCountsTheLastFrameAndTotalEachFrameOnceAStackTheCompilersNeither(@TempDir Path directory)
            throws Exception {
        Path file = Files.write(
                directory.resolve("collapsed"),
                List.of(
                        "run;read;read 6",
                        "run;write [k] 3",
                        "run 1",
                        "run;CompileBroker::compiler_thread_loop;C2 90"));

        assertThat(CollapsedStacks.read(file).report(2)).isEqualTo("""
                10 samples, and 90 of the JIT compilers, which are left out here

                  self
                 60.00 %  read
                 30.00 %  write [k]

                  total
                100.00 %  run
                 60.00 %  read
                """);
    }
}
