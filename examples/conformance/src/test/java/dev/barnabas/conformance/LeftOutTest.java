package dev.barnabas.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.kafka.clients.ClientsTestUtils;
import org.junit.jupiter.api.Test;

class LeftOutTest {
    @Test
    void eachEntryNamesTestsThatNoOtherEntryNames() throws Exception {
        List<Method> tests = tests();
        assertThat(LeftOut.ALL)
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(tests).as(entry.tests()).anyMatch(test -> LeftOut.ALL.stream()
                        .filter(other -> other.matches(test))
                        .toList()
                        .equals(List.of(entry))));
    }

    /** Every cluster test in the jar of Apache Kafka's. */
    private static List<Method> tests() throws Exception {
        var jar = Path.of(ClientsTestUtils.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (var file = new JarFile(jar.toFile())) {
            return file.stream()
                    .filter(entry -> entry.getName().endsWith("Test.class"))
                    .map(entry -> entry.getName().replace(".class", "").replace('/', '.'))
                    .flatMap(LeftOutTest::methods)
                    .filter(method -> !EmbeddedClusters.clusters(method).isEmpty())
                    .toList();
        }
    }

    private static Stream<Method> methods(String type) {
        try {
            return Arrays.stream(Class.forName(type).getDeclaredMethods());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
