package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.ListPartitionReassignmentsRequest;
import dev.barnabas.protocol.message.ListPartitionReassignmentsResponse;

/** {@code ListPartitionReassignments} 0: partitions on the move between brokers (KIP-455), of which one broker has none. */
public final class ListPartitionReassignmentsHandler implements ApiHandler<ListPartitionReassignmentsRequest> {

    @Override
    public void handle(ListPartitionReassignmentsRequest request, RequestContext context) {
        context.respond(new ListPartitionReassignmentsResponse().setErrorMessage(null));
    }

    @Override
    public ApiMessage failed(ListPartitionReassignmentsRequest request, int version, ApiException error) {
        return new ListPartitionReassignmentsResponse()
                .setErrorCode(error.error().code())
                .setErrorMessage(error.getMessage());
    }
}
