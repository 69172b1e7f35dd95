package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.protocol.Uuid;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a broker says of itself when it starts.
 *
 * @param endpoints advertised addresses by listener name
 * @param rack null if it has none
 * @param incarnationId new with every start
 * @param directoryId of its log directory, as {@code meta.properties} has it
 */
public record Registration(
        int brokerId,
        Map<String, Endpoint> endpoints,
        @Nullable String rack,
        Uuid incarnationId,
        Uuid directoryId) {}
