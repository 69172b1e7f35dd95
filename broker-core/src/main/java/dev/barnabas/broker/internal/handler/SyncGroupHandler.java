package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.SyncGroupRequest;
import dev.barnabas.protocol.message.SyncGroupResponse;

/**
 * SyncGroup 0-5: brings the leader's assignment and fetches a member's own; answered when the assignment is committed.
 * Version 3 knows static members (KIP-345), 5 says which protocol it means (KIP-559).
 */
public final class SyncGroupHandler implements ApiHandler<SyncGroupRequest> {

    private static final int FIRST_VERSION_WITH_PROTOCOL = 5;

    private final GroupCoordinator groups;

    public SyncGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void handle(SyncGroupRequest request, RequestContext context) {
        if (context.version() >= FIRST_VERSION_WITH_PROTOCOL
                && (request.protocolType() == null || request.protocolName() == null)) {
            throw new ApiException(
                    ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "protocol type and name: null (expected: the group's)");
        }
        if (request.groupId().isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_GROUP_ID, "group.id: \"\" (expected: a name)");
        }
        groups.sync(request, context::takenOver, context::respond);
    }

    @Override
    public SyncGroupResponse failed(SyncGroupRequest request, int version, ApiException error) {
        return new SyncGroupResponse().setErrorCode(error.error().code());
    }
}
