package dev.barnabas.examples.cpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.barnabas.broker.Broker;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples in C++, and the scenario of the compatibility suite on librdkafka's C++ API. */
class CppClientsTest {

    /** What run.sh answers if there is no compiler or no librdkafka. */
    private static final int SKIPPED = 77;

    @TempDir
    Path data;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void librdkafkaWorksAgainstTheEmbeddedBroker() throws IOException, InterruptedException {
        try (Broker broker = Broker.builder().property("num.partitions", "4").start()) {
            Process run = new ProcessBuilder(
                            "./run.sh",
                            broker.bootstrapServers(),
                            Path.of("target").toAbsolutePath().toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = run.waitFor();

            assumeTrue(exit != SKIPPED, "C++ clients with librdkafka: " + output.strip());
            assertThat(exit).as(output).isZero();
            assertThat(output)
                    .contains("OK produced 1000 messages")
                    .contains("OK consumed 1000 messages")
                    .contains("OK resumed")
                    .contains("OK a group of two");
        }
        librdkafkaGoesThroughTheScenario();
    }

    /** With what run.sh has built. */
    private void librdkafkaGoesThroughTheScenario() throws IOException, InterruptedException {
        Broker broker = Broker.builder().dataDir(data).start();
        Process scenario = null;
        try {
            int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            scenario = new ProcessBuilder("target/scenario", broker.bootstrapServers(), "librdkafka")
                    .redirectErrorStream(true)
                    .start();
            BufferedReader output = scenario.inputReader();
            List<String> said = new ArrayList<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                said.add(line);
                if (line.equals("RESTART")) {
                    broker.close();
                    broker = Broker.builder().dataDir(data).port(port).start();
                    scenario.outputWriter().append("restarted\n").flush();
                }
            }
            assertThat(scenario.waitFor()).as(String.join("\n", said)).isZero();
            assertThat(said).contains("RESTART", "OK went through the scenario");
        } finally {
            broker.close();
            if (scenario != null) {
                scenario.destroy();
            }
        }
    }
}
