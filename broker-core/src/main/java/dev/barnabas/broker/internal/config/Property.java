package dev.barnabas.broker.internal.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The definition of one of Kafka's properties.
 *
 * @param defaultText what applies when nothing is set, as text; null for nothing
 * @param scope who may change it while the broker runs
 * @param brokerSynonym for a topic's or group's property, the broker property that gives its default; null if none
 * @param internal left out of DescribeConfigs unless it was set
 */
public record Property(
        String name,
        ConfigType type,
        @Nullable String defaultText,
        Scope scope,
        @Nullable String brokerSynonym,
        Check check,
        boolean internal) {

    /** Where a broker's property can be changed dynamically (KIP-226). */
    public enum Scope {
        /** Nowhere: set at start only. */
        READ_ONLY,
        /** For one broker by its id. */
        PER_BROKER,
        /** For one broker, or for all by the empty name. */
        CLUSTER_WIDE
    }

    /** Whether the value is a secret, which is never shown. */
    public boolean sensitive() {
        return type == ConfigType.PASSWORD;
    }

    /**
     * The value that {@code text} stands for.
     *
     * @throws InvalidValueException if the text is not of the type or the value not allowed
     */
    public Object parse(String text) {
        return parse(name, text);
    }

    /** As {@link #parse(String)}, for a property that is set under another name: that of one listener. */
    Object parse(String name, String text) {
        Object value = type.parse(name, text);
        if (!check.allows(value)) {
            throw new InvalidValueException(name, sensitive() ? "(hidden)" : text, expected());
        }
        return value;
    }

    /** The default as a value; null if there is none. */
    public @Nullable Object defaultValue() {
        return defaultText == null ? null : type.parse(name, defaultText);
    }

    private String expected() {
        return type.name().toLowerCase(Locale.ROOT) + ", " + check.expected();
    }
}
