package dev.barnabas.parity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * The checked-in list {@code meant-differences.txt}: where Barnabas differs from Apache Kafka on purpose, and why. A line is
 * {@code scenario | step | path | reason}, in the first three of which {@code *} stands for anything. A line that no longer meets a
 * difference is an error, so that the list stays true.
 */
final class MeantDifferences {
    private record Meant(String line, Pattern scenario, Pattern step, Pattern path) {}

    private final Map<Meant, AtomicInteger> uses = new LinkedHashMap<>();

    MeantDifferences() {
        for (String line : read().lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var parts = line.split("\\|", 4);
            if (parts.length != 4 || parts[3].isBlank()) {
                throw new IllegalArgumentException("line: " + line + " (expected: scenario | step | path | reason)");
            }
            uses.put(new Meant(line, glob(parts[0]), glob(parts[1]), glob(parts[2])), new AtomicInteger());
        }
    }

    private static String read() {
        try (var in = MeantDifferences.class.getResourceAsStream("/meant-differences.txt")) {
            if (in == null) {
                throw new IllegalStateException("meant-differences.txt is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pattern glob(String text) {
        return Pattern.compile("\\Q" + text.strip().replace("*", "\\E.*\\Q") + "\\E");
    }

    List<Difference> notMeant(List<Difference> differences) {
        return differences.stream().filter(d -> !meant(d)).toList();
    }

    private boolean meant(Difference difference) {
        boolean found = false;
        for (var entry : uses.entrySet()) {
            var meant = entry.getKey();
            if (meant.scenario().matcher(difference.scenario()).matches()
                    && meant.step().matcher(difference.step()).matches()
                    && meant.path().matcher(difference.path()).matches()) {
                entry.getValue().incrementAndGet();
                found = true;
            }
        }
        return found;
    }

    /** The lines that met no difference. */
    List<String> stale() {
        var stale = new ArrayList<String>();
        uses.forEach((meant, count) -> {
            if (count.get() == 0) {
                stale.add(meant.line());
            }
        });
        return stale;
    }
}
