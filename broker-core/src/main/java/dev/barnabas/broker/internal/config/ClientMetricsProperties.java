package dev.barnabas.broker.internal.config;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a client metrics subscription (KIP-714). They can be stored and described, though no client is asked
 * for its metrics.
 */
public final class ClientMetricsProperties {

    private static final List<Property> PROPERTIES = List.of(
            new Property(
                    "interval.ms",
                    ConfigType.INT,
                    "300000",
                    Property.Scope.CLUSTER_WIDE,
                    null,
                    Check.between(100, 3_600_000),
                    false),
            new Property("match", ConfigType.LIST, "", Property.Scope.CLUSTER_WIDE, null, Check.CLIENT_MATCH, false),
            new Property("metrics", ConfigType.LIST, "", Property.Scope.CLUSTER_WIDE, null, Check.ANY, false));

    private ClientMetricsProperties() {}

    /** The property's definition; null if Kafka has none of this name. */
    public static @Nullable Property find(String name) {
        for (Property property : PROPERTIES) {
            if (property.name().equals(name)) {
                return property;
            }
        }
        return null;
    }

    /** Every definition. */
    public static Collection<Property> all() {
        return PROPERTIES;
    }
}
