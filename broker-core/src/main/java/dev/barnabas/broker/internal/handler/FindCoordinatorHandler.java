package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FindCoordinatorRequest;
import dev.barnabas.protocol.message.FindCoordinatorResponse;
import dev.barnabas.protocol.message.FindCoordinatorResponse.Coordinator;

/**
 * FindCoordinator 0-6: which broker serves a group. Version 4 asks for many at once (KIP-699). The first to ask brings
 * {@code __consumer_offsets} into being and is answered when it serves, so that no client is sent away to retry.
 */
public final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest> {

    private static final int FIRST_BATCHED_VERSION = 4;
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte SHARE = 2;

    private final GroupCoordinator groups;
    private final MetadataCache metadata;
    private final ControllerGateway controller;

    public FindCoordinatorHandler(GroupCoordinator groups, MetadataCache metadata, ControllerGateway controller) {
        this.groups = groups;
        this.metadata = metadata;
        this.controller = controller;
    }

    @Override
    public void handle(FindCoordinatorRequest request, RequestContext context) {
        checkType(request.keyType());
        if (metadata.image().topic(InternalTopics.CONSUMER_OFFSETS) != null) {
            answer(request, context);
            return;
        }
        controller.ensureInternalTopic(InternalTopics.CONSUMER_OFFSETS).whenComplete((done, failure) -> {
            if (failure == null) {
                answer(request, context);
            } else {
                context.respond(failed(request, context.version(), unavailable(String.valueOf(failure.getMessage()))));
            }
        });
    }

    /** Transactions and share groups have no coordinator here; Apache Kafka says nothing about a share key it refuses. */
    private static void checkType(byte type) {
        switch (type) {
            case GROUP -> {}
            case TRANSACTION ->
                throw new ApiException(ErrorCode.UNSUPPORTED_VERSION, "key type: transaction (expected: group)");
            case SHARE -> throw new ApiException(ErrorCode.INVALID_REQUEST, "");
            default -> throw new ApiException(ErrorCode.INVALID_REQUEST, "key type: " + type + " (expected: 0-2)");
        }
    }

    private static ApiException unavailable(String why) {
        return new ApiException(ErrorCode.COORDINATOR_NOT_AVAILABLE, why);
    }

    private void answer(FindCoordinatorRequest request, RequestContext context) {
        var response = new FindCoordinatorResponse();
        if (context.version() < FIRST_BATCHED_VERSION) {
            var found = find(request.key(), context.listenerName());
            response.setErrorCode(found.errorCode())
                    .setErrorMessage(found.errorCode() == ErrorCode.NONE.code() ? "NONE" : found.errorMessage())
                    .setNodeId(found.nodeId())
                    .setHost(found.host())
                    .setPort(found.port());
        } else {
            for (String key : request.coordinatorKeys()) {
                response.coordinators().add(find(key, context.listenerName()));
            }
        }
        context.respond(response);
    }

    private Coordinator find(String groupId, String listener) {
        var image = metadata.image();
        var partition = image.partition(InternalTopics.CONSUMER_OFFSETS, groups.partitionFor(groupId));
        var broker = partition == null ? null : image.brokers().get(partition.leader());
        Endpoint endpoint = broker == null ? null : broker.endpoints().get(listener);
        if (broker == null || endpoint == null) {
            return nobody(groupId, unavailable("no leader for group " + groupId));
        }
        return new Coordinator()
                .setKey(groupId)
                .setNodeId(broker.id())
                .setHost(endpoint.host())
                .setPort(endpoint.port());
    }

    private static Coordinator nobody(String key, ApiException error) {
        return new Coordinator()
                .setKey(key)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.getMessage())
                .setNodeId(-1)
                .setPort(-1);
    }

    @Override
    public FindCoordinatorResponse failed(FindCoordinatorRequest request, int version, ApiException error) {
        var response = new FindCoordinatorResponse();
        if (version < FIRST_BATCHED_VERSION) {
            return response.setErrorCode(error.error().code())
                    .setErrorMessage(error.getMessage())
                    .setNodeId(-1)
                    .setPort(-1);
        }
        request.coordinatorKeys().forEach(key -> response.coordinators().add(nobody(key, error)));
        return response;
    }
}
