package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.message.DeleteGroupsRequest;
import dev.barnabas.protocol.message.DeleteGroupsResponse;
import dev.barnabas.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import java.util.LinkedHashSet;

/** DeleteGroups 0-3: deletes groups without members, and their offsets (KIP-229). Version 3 says why it did not. */
public final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequest> {

    private final GroupCoordinator groups;

    public DeleteGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void handle(DeleteGroupsRequest request, RequestContext context) {
        Stages.all(new LinkedHashSet<>(request.groupsNames()), groups::delete)
                .thenAccept(results -> context.respond(new DeleteGroupsResponse().setResults(results)));
    }

    @Override
    public DeleteGroupsResponse failed(DeleteGroupsRequest request, int version, ApiException error) {
        var response = new DeleteGroupsResponse();
        request.groupsNames().forEach(groupId -> response.results()
                .add(new DeletableGroupResult()
                        .setGroupId(groupId)
                        .setErrorCode(error.error().code())));
        return response;
    }
}
