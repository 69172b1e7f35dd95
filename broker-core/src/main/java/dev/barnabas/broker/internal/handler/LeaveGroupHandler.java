package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.LeaveGroupRequest;
import dev.barnabas.protocol.message.LeaveGroupRequest.MemberIdentity;
import dev.barnabas.protocol.message.LeaveGroupResponse;
import java.util.List;

/**
 * LeaveGroup 0-5: ends memberships. Up to version 2 one member leaves and the answer is its own error; from 3 on many
 * can, by id or by the name of a static member (KIP-345), and say why from 5 on (KIP-800).
 */
public final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequest> {

    private static final int FIRST_BATCHED_VERSION = 3;

    private final GroupCoordinator groups;

    public LeaveGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void handle(LeaveGroupRequest request, RequestContext context) {
        if (request.groupId().isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_GROUP_ID, "group.id: \"\" (expected: a name)");
        }
        int version = context.version();
        var leaving = version < FIRST_BATCHED_VERSION
                ? List.of(new MemberIdentity().setMemberId(request.memberId()).setGroupInstanceId(null))
                : request.members();
        groups.leave(request.groupId(), leaving, response -> context.respond(fit(response, version)));
    }

    private static LeaveGroupResponse fit(LeaveGroupResponse response, int version) {
        if (version >= FIRST_BATCHED_VERSION || response.members().isEmpty()) {
            return response;
        }
        return new LeaveGroupResponse().setErrorCode(response.members().get(0).errorCode());
    }

    @Override
    public LeaveGroupResponse failed(LeaveGroupRequest request, int version, ApiException error) {
        return new LeaveGroupResponse().setErrorCode(error.error().code());
    }
}
