package dev.barnabas.parity;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Asks Apache Kafka alone and writes every answer to {@code target/kafka-answers.txt}, or to the file that is named. */
public final class KafkaAnswers {
    private KafkaAnswers() {}

    public static void main(String[] arguments) throws Exception {
        var file = Path.of(arguments.length > 0 ? arguments[0] : "target/kafka-answers.txt");
        String only = System.getProperty("parity.only", "");
        try (var kafka = ApacheKafka.start(Target.PROPERTIES);
                var out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            int asked = 0;
            for (var scenario : Script.scenarios()) {
                if (!only.isEmpty() && !scenario.name().equals(only)) {
                    continue;
                }
                long start = System.nanoTime();
                var steps = Session.run(scenario, kafka);
                asked += steps.size();
                System.out.printf(
                        "%s: %d steps, %d ms%n",
                        scenario.name(), steps.size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
                out.flush();
                out.printf("%n======== %s%n", scenario.name());
                for (var step : steps) {
                    out.printf("%n%s%n    ? %s%n    = %s%n", step.name(), step.request(), step.answer());
                    if (step.answer().asText().startsWith("stopped")) System.out.println("   " + step.answer());
                }
            }
            System.out.println(asked + " steps in " + file);
        }
        System.exit(0);
    }
}
