package dev.barnabas.broker.internal.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of the limits of connections, and those of single peers ({@code max.connections.per.ip.overrides}), {@code
 * host:count,host:count,...}, read as Kafka reads them.
 */
public final class ConnectionOverrides {

    /** Connections of the broker, or of a listener. */
    public static final String CONNECTIONS = "max.connections";

    /** Connections a second of the broker, or of a listener. */
    public static final String CREATION_RATE = "max.connection.creation.rate";

    /** Connections of each peer. */
    public static final String LIMIT = "max.connections.per.ip";

    /** Those of the peers that have a limit of their own. */
    public static final String OVERRIDES = "max.connections.per.ip.overrides";

    private static final Pattern HOST = Pattern.compile("[0-9a-zA-Z\\-%._:]*");

    private ConnectionOverrides() {}

    /**
     * Connections that each peer may have, by its name or address; of a peer that is named twice the last counts.
     *
     * @throws IllegalArgumentException if the text is none of that kind
     */
    public static Map<String, Integer> parse(String text) {
        Map<String, Integer> limits = new LinkedHashMap<>();
        if (text.isEmpty()) {
            return limits;
        }
        for (String pair : text.split("\\s*,\\s*")) {
            int colon = pair.lastIndexOf(':');
            String host = colon < 0 ? "" : pair.substring(0, colon).trim();
            if (colon < 0 || !HOST.matcher(host).matches()) {
                throw new IllegalArgumentException("pair: " + pair + " (expected: host:count)");
            }
            limits.put(host, Integer.valueOf(pair.substring(colon + 1).trim()));
        }
        return limits;
    }

    /**
     * Checks that somebody may connect.
     *
     * @param values of the broker's properties, by name
     * @throws InvalidValueException if the limit is 0 for all
     */
    static void checkLimit(Function<String, @Nullable Object> values) {
        boolean isNobodyAllowed = Integer.valueOf(0).equals(values.apply(LIMIT));
        if (isNobodyAllowed && parse(String.valueOf(values.apply(OVERRIDES))).isEmpty()) {
            throw new InvalidValueException(LIMIT, "0", "at least 1, unless " + OVERRIDES + " is set");
        }
    }
}
