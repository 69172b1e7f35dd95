package dev.barnabas.broker.internal.config;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How many threads of Kafka's a broker's properties ask for, which change by small steps only (KIP-226). */
final class ThreadCounts {

    private static final String CLEANERS = "log.cleaner.threads";

    /** Bytes that all cleaners share. */
    private static final String CLEANER_BUFFER = "log.cleaner.dedupe.buffer.size";

    private static final long CLEANER_BYTES_MIN = 1024 * 1024;

    private static final List<String> NAMES = List.of(
            "num.io.threads",
            "num.network.threads",
            "num.replica.fetchers",
            "num.recovery.threads.per.data.dir",
            "background.threads",
            CLEANERS);

    private ThreadCounts() {}

    /**
     * Checks that no count falls below half of what it is, or grows beyond its double, and that each cleaner has its part of the
     * buffer.
     *
     * @param now the values of the broker's properties, by name
     * @param then what they are to be
     * @throws InvalidValueException if one does
     */
    static void checkChange(Function<String, @Nullable Object> now, Function<String, @Nullable Object> then) {
        for (String name : NAMES) {
            long from = number(now, name);
            long to = number(then, name);
            if (to != from && (to < 1 || to < from / 2 || to > from * 2)) {
                throw new InvalidValueException(
                        name, Long.toString(to), Math.max(1, from / 2) + " to " + from * 2 + ", since it is " + from);
            }
        }
        long bytes = number(then, CLEANER_BUFFER);
        long cleaners = Math.max(1, number(then, CLEANERS));
        boolean isChanged = bytes != number(now, CLEANER_BUFFER) || cleaners != number(now, CLEANERS);
        if (isChanged && bytes / cleaners <= CLEANER_BYTES_MIN) {
            throw new InvalidValueException(
                    CLEANER_BUFFER,
                    Long.toString(bytes),
                    "more than " + CLEANER_BYTES_MIN + " for each of " + cleaners);
        }
    }

    private static long number(Function<String, @Nullable Object> values, String name) {
        return values.apply(name) instanceof Number number ? number.longValue() : 0;
    }
}
