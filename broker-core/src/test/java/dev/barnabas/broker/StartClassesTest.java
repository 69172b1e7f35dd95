package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker's start makes a fresh JVM load: it is nearly all of the time that a start takes. */
class StartClassesTest {

    private static final int SECONDS_MAX = 60;

    @TempDir
    private Path directory;

    /** A lambda costs several times what a class does that the compiler has written. */
    @Test
    void aStartMakesNoLambdaOfOurs() throws IOException, InterruptedException {
        assertThat(loadedByStart())
                .contains("dev.barnabas.broker.RunningBroker")
                .noneMatch(name -> name.startsWith("dev.barnabas.") && name.contains("$$Lambda"));
    }

    @Test
    void aStartLoadsNoHandler() throws IOException, InterruptedException {
        assertThat(loadedByStart()).noneMatch(name -> name.startsWith("dev.barnabas.broker.internal.handler."));
    }

    /** In the order of loading. */
    private List<String> loadedByStart() throws IOException, InterruptedException {
        Path log = directory.resolve("loaded");
        Process jvm = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xlog:class+load:file=" + log + ":none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneStart.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        assertThat(jvm.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(jvm.exitValue())
                .as(Files.readString(directory.resolve("output")))
                .isZero();
        return Files.readAllLines(log).stream()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    /** Runs in a JVM of its own, and leaves without closing, which has classes too. */
    static final class OneStart {

        private OneStart() {}

        @SuppressWarnings("resource")
        public static void main(String[] args) {
            Broker.builder().start();
            Runtime.getRuntime().halt(0);
        }
    }
}
