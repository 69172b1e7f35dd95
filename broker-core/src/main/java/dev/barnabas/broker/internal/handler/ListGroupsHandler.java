package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.message.ListGroupsRequest;
import dev.barnabas.protocol.message.ListGroupsResponse;

/** ListGroups 0-5: the groups of this broker; version 4 filters by state (KIP-518), 5 by type (KIP-848). */
public final class ListGroupsHandler implements ApiHandler<ListGroupsRequest> {

    private final GroupCoordinator groups;

    public ListGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void handle(ListGroupsRequest request, RequestContext context) {
        groups.list(request.statesFilter(), request.typesFilter())
                .thenAccept(listed -> context.respond(new ListGroupsResponse().setGroups(listed)));
    }

    @Override
    public ListGroupsResponse failed(ListGroupsRequest request, int version, ApiException error) {
        return new ListGroupsResponse().setErrorCode(error.error().code());
    }
}
