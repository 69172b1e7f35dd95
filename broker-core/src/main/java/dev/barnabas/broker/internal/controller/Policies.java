package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.ConfigResource;
import dev.barnabas.protocol.ApiException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker's operator has to say about topics and properties that are otherwise in order (KIP-108, KIP-133). On the
 * controller's lane: whoever blocks keeps all who ask the controller for something waiting.
 */
public interface Policies extends AutoCloseable {

    /**
     * Asked about each topic that is to be created, also to validate a request only, on demand, and for a coordinator.
     *
     * @param partitions how many; null if there are {@code assignments}
     * @param replicationFactor null if there are {@code assignments}
     * @param assignments replicas by partition; null if the request leaves them to the broker
     * @param configs what is set for the topic
     * @throws ApiException if it is not to be created, most likely POLICY_VIOLATION
     */
    void checkCreation(
            String topic,
            @Nullable Integer partitions,
            @Nullable Short replicationFactor,
            @Nullable Map<Integer, List<Integer>> assignments,
            Map<String, String> configs);

    /**
     * Asked about each resource whose properties are to change, and about those of a topic to be created.
     *
     * @param changes what is to be set; null for what is to be unset by name
     * @throws ApiException if they are not to change, most likely POLICY_VIOLATION
     */
    void checkAlteration(ConfigResource resource, Map<String, @Nullable String> changes);

    /** When nobody asks any more. */
    @Override
    void close();
}
