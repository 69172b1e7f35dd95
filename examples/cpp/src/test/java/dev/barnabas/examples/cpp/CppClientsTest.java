package dev.barnabas.examples.cpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.barnabas.broker.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CppClientsTest {

    /** What run.sh answers if there is no compiler or no librdkafka. */
    private static final int SKIPPED = 77;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void librdkafkaProducerAndConsumerWorkAgainstTheEmbeddedBroker() throws IOException, InterruptedException {
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
    }
}
