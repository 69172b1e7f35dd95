package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.SyncGroupRequest;
import dev.barnabas.protocol.message.SyncGroupResponse;
import java.util.HashMap;
import java.util.List;
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
    private final ShardMemory memory;

    Syncing(Groups groups, Rebalancing rebalancing, ShardMemory memory) {
        this.groups = groups;
        this.rebalancing = rebalancing;
        this.memory = memory;
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
                if (group.isLeader(member.id())) {
                    yield store(group, request);
                }
                request.setAssignments(List.of()); // It waits for the leader's, perhaps long.
                yield Outcome.NOTHING;
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
        long growth = growth(group, assignments);
        if (!memory.reserve(growth, group.id())) {
            return unassigned(group, ErrorCode.UNKNOWN_SERVER_ERROR);
        }
        int generation = group.generation();
        var record = new GroupRecord.Metadata(group.id(), group.toRecord(assignments));
        return Outcome.write(record, error -> {
            memory.release(growth);
            if (!group.is(GroupState.COMPLETING_REBALANCE) || group.generation() != generation) {
                return;
            }
            if (error == ErrorCode.NONE) {
                rebalancing.assign(group, assignments);
            } else {
                unassigned(group, StorageErrors.ofGroup(error));
            }
        });
    }

    /** Bytes that the members will hold more than now. */
    private static long growth(ClassicGroup group, Map<String, byte[]> assignments) {
        long growth = 0;
        for (var member : group.members()) {
            growth += assignments.getOrDefault(member.id(), GroupMember.NO_ASSIGNMENT).length
                    - member.assignment().length;
        }
        return growth;
    }

    /** The assignment cannot be kept: tells those who wait for it, and lets them begin anew. */
    private Outcome unassigned(ClassicGroup group, ErrorCode error) {
        rebalancing.abandonAssignment(group, error);
        return rebalancing.prepareOrContinue(group, "the assignment could not be kept: " + error);
    }
}
