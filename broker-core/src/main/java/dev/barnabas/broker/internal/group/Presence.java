package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.HeartbeatRequest;
import dev.barnabas.protocol.message.LeaveGroupRequest.MemberIdentity;
import dev.barnabas.protocol.message.LeaveGroupResponse;
import dev.barnabas.protocol.message.LeaveGroupResponse.MemberResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Heartbeat and LeaveGroup: members say that they are there, or that they go. Lane only. Static members can be made to
 * leave by name, by whoever administers the group (KIP-345).
 */
final class Presence {

    private final Groups groups;
    private final Rebalancing rebalancing;

    Presence(Groups groups, Rebalancing rebalancing) {
        this.groups = groups;
        this.rebalancing = rebalancing;
    }

    /** Starts the member's session anew. Returns NONE, or REBALANCE_IN_PROGRESS if it shall join again, or an error. */
    ErrorCode heartbeat(HeartbeatRequest request) {
        var group = groups.find(request.groupId());
        if (group == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        GroupMember member;
        try {
            member = group.require(request.memberId(), request.groupInstanceId());
            group.requireGeneration(request.generationId());
        } catch (ApiException e) {
            return e.error();
        }
        rebalancing.keepAlive(group, member);
        return group.is(GroupState.PREPARING_REBALANCE) ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    /** Removes each of {@code leaving} that is a member; answers once what follows from that is committed. */
    Outcome leave(String groupId, List<MemberIdentity> leaving, Consumer<LeaveGroupResponse> reply) {
        var group = groups.find(groupId);
        var results = new ArrayList<MemberResponse>(leaving.size());
        boolean removed = false;
        for (var identity : leaving) {
            var error = group == null ? ErrorCode.UNKNOWN_MEMBER_ID : remove(group, identity);
            removed |= error == ErrorCode.NONE;
            results.add(new MemberResponse()
                    .setMemberId(identity.memberId())
                    .setGroupInstanceId(identity.groupInstanceId())
                    .setErrorCode(error.code()));
        }
        var outcome = group == null || !removed ? Outcome.NOTHING : rebalancing.afterLeave(group, "a member leaves");
        return outcome.andThen(error -> reply.accept(
                error == ErrorCode.NONE
                        ? new LeaveGroupResponse().setMembers(results)
                        : new LeaveGroupResponse()
                                .setErrorCode(StorageErrors.ofGroup(error).code())));
    }

    private ErrorCode remove(ClassicGroup group, MemberIdentity identity) {
        if (group.isPendingJoin(identity.memberId())) {
            group.remove(identity.memberId());
            return ErrorCode.NONE;
        }
        String memberId = identity.memberId();
        if (memberId.isEmpty() && identity.groupInstanceId() != null) {
            String named = group.staticMemberId(identity.groupInstanceId());
            memberId = named == null ? "" : named;
        }
        try {
            rebalancing.remove(group, group.require(memberId, identity.groupInstanceId()));
            return ErrorCode.NONE;
        } catch (ApiException e) {
            return e.error();
        }
    }
}
