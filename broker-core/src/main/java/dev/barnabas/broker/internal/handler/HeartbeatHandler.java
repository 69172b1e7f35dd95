package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.HeartbeatRequest;
import dev.barnabas.protocol.message.HeartbeatResponse;

/**
 * Heartbeat 0-4: keeps a member's session alive, and tells it of a rebalance by REBALANCE_IN_PROGRESS. Version 3 knows
 * static members (KIP-345).
 */
public final class HeartbeatHandler implements ApiHandler<HeartbeatRequest> {

    private final GroupCoordinator groups;

    public HeartbeatHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void handle(HeartbeatRequest request, RequestContext context) {
        if (request.groupId().isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_GROUP_ID, "group.id: \"\" (expected: a name)");
        }
        groups.heartbeat(request, error -> context.respond(new HeartbeatResponse().setErrorCode(error.code())));
    }

    @Override
    public HeartbeatResponse failed(HeartbeatRequest request, int version, ApiException error) {
        return new HeartbeatResponse().setErrorCode(error.error().code());
    }
}
