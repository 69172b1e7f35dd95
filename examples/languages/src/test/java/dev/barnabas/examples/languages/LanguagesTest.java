package dev.barnabas.examples.languages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.barnabas.broker.Broker;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenario of the compatibility suite with clients that share no code with Apache Kafka's or with librdkafka. */
class LanguagesTest {

    /** What run.sh answers if the language or the client is missing. */
    private static final int SKIPPED = 77;

    @TempDir
    Path data;

    @ParameterizedTest
    @ValueSource(strings = {"kafkajs", "kafka-python"})
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aClientGoesThroughTheScenario(String client) throws IOException, InterruptedException {
        Broker broker = Broker.builder().dataDir(data).start();
        Process scenario = null;
        try {
            int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            scenario = new ProcessBuilder(
                            "./run.sh",
                            client,
                            broker.bootstrapServers(),
                            client,
                            Path.of("target").toAbsolutePath().toString())
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
            int exit = scenario.waitFor();

            assumeTrue(exit != SKIPPED, client + ": " + String.join("\n", said));
            assertThat(exit).as(String.join("\n", said)).isZero();
            assertThat(said).contains("RESTART").anyMatch(line -> line.startsWith("OK went through the scenario"));
        } finally {
            broker.close();
            if (scenario != null) {
                scenario.destroy();
            }
        }
    }
}
