package dev.barnabas.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.kafka.clients.ClientsTestUtils;
import org.apache.kafka.common.test.api.ClusterTest;
import org.apache.kafka.tools.ToolsTestUtils;
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

    /** Every cluster test in the jars of Apache Kafka's. */
    private static List<Method> tests() throws Exception {
        var tests = new ArrayList<Method>();
        for (var inJar : List.of(ClientsTestUtils.class, ToolsTestUtils.class)) {
            var jar = Path.of(
                    inJar.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (var file = new JarFile(jar.toFile())) {
                file.stream()
                        .filter(entry -> entry.getName().endsWith("Test.class"))
                        .filter(entry -> hasClusterTests(file, entry))
                        .map(entry -> entry.getName().replace(".class", "").replace('/', '.'))
                        .flatMap(LeftOutTest::methods)
                        .filter(EmbeddedClusters::isClusterTest)
                        .forEach(tests::add);
            }
        }
        return tests;
    }

    /** By its bytes: a class that has none may need what is not on the class path. */
    private static boolean hasClusterTests(JarFile jar, JarEntry entry) {
        try (var in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .contains(ClusterTest.class.getPackageName().replace('.', '/') + "/Cluster");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
