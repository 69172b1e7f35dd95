package dev.barnabas.broker.internal.metadata;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker.
 *
 * @param endpoints advertised addresses by listener name
 * @param rack null if it has none
 */
public record BrokerImage(
        int id,
        long epoch,
        Map<String, Endpoint> endpoints,
        @Nullable String rack) {

    /** An advertised address. */
    public record Endpoint(String host, int port) {}
}
