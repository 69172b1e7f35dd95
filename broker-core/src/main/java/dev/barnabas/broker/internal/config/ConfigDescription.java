package dev.barnabas.broker.internal.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One property in force, as DescribeConfigs shows it.
 *
 * @param value null if it is not set or a secret
 * @param synonyms every place that gives a value, the one that counts first
 */
public record ConfigDescription(
        String name,
        @Nullable String value,
        ConfigType type,
        Source source,
        boolean readOnly,
        boolean sensitive,
        List<Synonym> synonyms) {

    /** A value that is set somewhere, under this or a related name. */
    public record Synonym(String name, @Nullable String value, Source source) {}

    /** Where a value comes from, with the numbers of the protocol (KIP-226). */
    public enum Source {
        TOPIC(1),
        DYNAMIC_BROKER(2),
        DYNAMIC_DEFAULT_BROKER(3),
        STATIC_BROKER(4),
        DEFAULT(5),
        DYNAMIC_BROKER_LOGGER(6),
        CLIENT_METRICS(7),
        GROUP(8);

        private final byte id;

        Source(int id) {
            this.id = (byte) id;
        }

        public byte id() {
            return id;
        }
    }
}
