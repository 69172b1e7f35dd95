package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.SyncGroupRequest;
import dev.barnabas.protocol.message.SyncGroupResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * SyncGroup: takes the leader's assignment, commits it, and hands every member its part. Lane only. A member that asks
 * before the leader has assigned waits; one that asks later gets what it was assigned.
 */
final class Syncing {

    private final Groups groups;
    private final Rebalancing rebalancing;

    Syncing(Groups groups, Rebalancing rebalancing) {
        this.groups = groups;
        this.rebalancing = rebalancing;
    }

    static SyncGroupResponse failure(ErrorCode error) {
        return new SyncGroupResponse().setErrorCode(error.code());
    }

    static SyncGroupResponse assignmentAnswer(ClassicGroup group, GroupMember member) {
        return new SyncGroupResponse()
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setAssignment(member.assignment());
    }

    Outcome sync(SyncGroupRequest request, Consumer<SyncGroupResponse> reply) {
        var group = groups.find(request.groupId());
        GroupMember member;
        try {
            if (group == null || group.is(GroupState.EMPTY)) {
                throw new ApiException(ErrorCode.UNKNOWN_MEMBER_ID, "group: " + request.groupId() + " has no members");
            }
            member = group.require(request.memberId(), request.groupInstanceId());
            group.requireGeneration(request.generationId());
            requireSame("protocol.type", request.protocolType(), group.protocolType());
            requireSame("protocol.name", request.protocolName(), group.protocol());
        } catch (ApiException e) {
            reply.accept(failure(e.error()));
            return Outcome.NOTHING;
        }
        return switch (group.state()) {
            case COMPLETING_REBALANCE -> {
                member.awaitSync(reply);
                rebalancing.onSync(group, member);
                yield group.isLeader(member.id()) ? store(group, request) : Outcome.NOTHING;
            }
            case STABLE -> {
                rebalancing.onSync(group, member);
                reply.accept(assignmentAnswer(group, member));
                yield Outcome.NOTHING;
            }
            case PREPARING_REBALANCE, EMPTY, DEAD -> {
                reply.accept(failure(ErrorCode.REBALANCE_IN_PROGRESS));
                yield Outcome.NOTHING;
            }
        };
    }

    private static void requireSame(String what, @Nullable String asked, @Nullable String present) {
        if (asked != null && present != null && !asked.equals(present)) {
            throw new ApiException(
                    ErrorCode.INCONSISTENT_GROUP_PROTOCOL, what + ": " + asked + " (expected: " + present + ")");
        }
    }

    private Outcome store(ClassicGroup group, SyncGroupRequest request) {
        Map<String, byte[]> assignments = new HashMap<>();
        for (var part : request.assignments()) {
            assignments.put(part.memberId(), part.assignment());
        }
        int generation = group.generation();
        var record = new GroupRecord.Metadata(group.id(), group.toRecord(assignments));
        return Outcome.write(record, error -> {
            if (!group.is(GroupState.COMPLETING_REBALANCE) || group.generation() != generation) {
                return;
            }
            if (error == ErrorCode.NONE) {
                rebalancing.assign(group, assignments);
            } else {
                rebalancing.abandonAssignment(group, StorageErrors.ofGroup(error));
                rebalancing.prepareOrContinue(group, "the assignment could not be stored: " + error);
            }
        });
    }
}
