package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.DescribeGroupsRequest;
import dev.barnabas.protocol.message.DescribeGroupsResponse;
import dev.barnabas.protocol.message.DescribeGroupsResponse.DescribedGroup;

/**
 * DescribeGroups 0-6: state, protocol and members of classic groups. Version 3 can list the operations the client may
 * perform (KIP-430), 4 names static members, 6 says GROUP_ID_NOT_FOUND of a group that does not exist (KIP-1043).
 */
public final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequest> {

    private static final int FIRST_VERSION_WITH_OPERATIONS = 3;

    private final GroupCoordinator groups;

    public DescribeGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void handle(DescribeGroupsRequest request, RequestContext context) {
        int version = context.version();
        boolean operations = request.includeAuthorizedOperations() && version >= FIRST_VERSION_WITH_OPERATIONS;
        Stages.all(request.groups(), groupId -> groups.describe(groupId, version))
                .thenAccept(described -> {
                    if (operations) {
                        described.stream()
                                .filter(group -> group.errorCode() == ErrorCode.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(AuthorizedOperations.GROUP));
                    }
                    context.respond(new DescribeGroupsResponse().setGroups(described));
                });
    }

    @Override
    public DescribeGroupsResponse failed(DescribeGroupsRequest request, int version, ApiException error) {
        var response = new DescribeGroupsResponse();
        request.groups().forEach(groupId -> response.groups()
                .add(new DescribedGroup()
                        .setGroupId(groupId)
                        .setErrorCode(error.error().code())));
        return response;
    }
}
