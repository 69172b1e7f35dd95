package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiMessage;
import java.util.concurrent.CompletionStage;

/**
 * Asynchronous calls to the controller. Any thread; stages complete on the controller's lane, after the change is
 * committed and applied by this broker.
 */
public interface ControllerGateway {

    /**
     * Decides an admin request (CreateTopics, DeleteTopics, CreatePartitions, IncrementalAlterConfigs, AlterConfigs,
     * UpdateFeatures, ElectLeaders, ...) and completes with its response.
     */
    CompletionStage<ApiMessage> forward(ApiMessage request, int version, RequestContext context);

    /** A block of producer ids nobody else gets (KIP-730). */
    CompletionStage<ProducerIdBlock> allocateProducerIds();

    /** Makes sure that an internal topic exists and serves; creates it with its own configuration if need be. */
    CompletionStage<Void> ensureInternalTopic(String topic);

    /** Creates a topic with the broker's defaults because a client asked for its metadata. */
    CompletionStage<ApiMessage> autoCreate(java.util.Collection<String> topics, RequestContext context);

    /** Ids {@code first} to {@code first + count - 1}. */
    record ProducerIdBlock(long first, int count) {}
}
