package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.Client;
import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupResponse;

/**
 * JoinGroup 0-9: becomes or stays a member of a classic group; answered when everyone has joined. Version 0 has no
 * rebalance timeout of its own (KIP-62), 4 requires a known member id (KIP-394), 5 knows static members (KIP-345), 9
 * tells a leader to skip the assignment (KIP-814).
 */
public final class JoinGroupHandler implements ApiHandler<JoinGroupRequest> {

    private static final int FIRST_VERSION_WITH_REBALANCE_TIMEOUT = 1;
    private static final int FIRST_VERSION_WITH_NULL_PROTOCOL = 7;

    private final GroupCoordinator groups;

    public JoinGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void handle(JoinGroupRequest request, RequestContext context) {
        if (request.groupId().isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_GROUP_ID, "group.id: \"\" (expected: a name)");
        }
        if (!groups.allowsSession(request.sessionTimeoutMs())) {
            throw new ApiException(
                    ErrorCode.INVALID_SESSION_TIMEOUT,
                    "session.timeout.ms: " + request.sessionTimeoutMs()
                            + " (expected: within group.min.session.timeout.ms and group.max.session.timeout.ms)");
        }
        if (context.version() < FIRST_VERSION_WITH_REBALANCE_TIMEOUT) {
            request.setRebalanceTimeoutMs(request.sessionTimeoutMs());
        }
        int version = context.version();
        groups.join(
                request, Client.of(context), context::takenOver, response -> context.respond(fit(response, version)));
    }

    /** No protocol is "" in the old versions, and null in the new ones. */
    private static JoinGroupResponse fit(JoinGroupResponse response, int version) {
        String protocol = response.protocolName() == null ? "" : response.protocolName();
        return response.setProtocolName(
                protocol.isEmpty() && version >= FIRST_VERSION_WITH_NULL_PROTOCOL ? null : protocol);
    }

    @Override
    public JoinGroupResponse failed(JoinGroupRequest request, int version, ApiException error) {
        var response = new JoinGroupResponse()
                .setMemberId(request.memberId())
                .setErrorCode(error.error().code());
        return fit(response, version);
    }
}
