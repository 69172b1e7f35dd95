package dev.barnabas.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** An entry of {@code left-out.txt}: tests of Apache Kafka's that are not run here, by a pattern of {@code Class.method}. */
record LeftOut(String tests, Pattern pattern) {
    static final List<LeftOut> ALL = read();

    /** Of the tests that are left out, rather than those that are not: to see which of them pass by now. */
    private static final boolean INSTEAD = Boolean.getBoolean("conformance.leftOut");

    static boolean runs(Method test) {
        return ALL.stream().anyMatch(entry -> entry.matches(test)) == INSTEAD;
    }

    boolean matches(Method test) {
        return pattern.matcher(name(test)).matches();
    }

    static String name(Method test) {
        return test.getDeclaringClass().getSimpleName() + "." + test.getName();
    }

    private static List<LeftOut> read() {
        try (var in = LeftOut.class.getResourceAsStream("/left-out.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(String::strip)
                    .map(tests -> new LeftOut(
                            tests, Pattern.compile(Pattern.quote(tests).replace("*", "\\E.*\\Q"))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
