package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.SyncGroupResponse;
import io.netty.buffer.ByteBufUtil;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JoinGroup: who may become or stay a member, under which id, and whether that calls for a rebalance. Lane only.
 *
 * <p>A dynamic member gets its id first and joins with it then (KIP-394, version 4 on). A static member that comes back
 * takes its own old place, without a rebalance if the group is Stable and its protocol stays the same (KIP-345); if it
 * is the leader, it is told to leave the assignment as it is (KIP-814, version 9 on).
 */
final class Joining {

    private static final Logger log = LoggerFactory.getLogger(Joining.class);

    private static final int FIRST_VERSION_WITH_KNOWN_MEMBER_ID = 4;
    private static final int FIRST_VERSION_WITH_SKIP_ASSIGNMENT = 9;

    /** What leaves room for a UUID in a member id, which is a string of 32767 bytes at most. */
    private static final int NAME_BYTES_MAX = Short.MAX_VALUE - 37;

    private final Groups groups;
    private final Rebalancing rebalancing;
    private final GroupTimers timers;
    private final GroupSettings settings;
    private final ShardMemory memory;
    private final Supplier<Uuid> uuids;

    Joining(
            Groups groups,
            Rebalancing rebalancing,
            GroupTimers timers,
            GroupSettings settings,
            ShardMemory memory,
            Supplier<Uuid> uuids) {
        this.groups = groups;
        this.rebalancing = rebalancing;
        this.timers = timers;
        this.settings = settings;
        this.memory = memory;
        this.uuids = uuids;
    }

    static JoinGroupResponse failure(String memberId, ErrorCode error) {
        return new JoinGroupResponse().setMemberId(memberId).setErrorCode(error.code());
    }

    Outcome join(JoinGroupRequest request, Client client, Consumer<JoinGroupResponse> reply) {
        boolean unknown = request.memberId().isEmpty();
        var known = groups.find(request.groupId());
        if (known == null && !unknown) {
            reply.accept(failure(request.memberId(), ErrorCode.UNKNOWN_MEMBER_ID));
            return Outcome.NOTHING;
        }
        if (known == null && groups.size() >= settings.groupsMax()) {
            reply.accept(failure("", ErrorCode.GROUP_MAX_SIZE_REACHED));
            return Outcome.NOTHING;
        }
        long growth = growth(known, request, client);
        if (!memory.reserve(growth, request.groupId())) {
            reply.accept(failure("", ErrorCode.GROUP_MAX_SIZE_REACHED));
            return known == null ? Outcome.NOTHING : dropOut(known, request.memberId());
        }
        try {
            var group = groups.getOrCreate(request.groupId(), timers.wallMs());
            var outcome = joinGroup(group, request, client, reply);
            return known == null && outcome.records().isEmpty() ? storeNewGroup(group) : outcome;
        } finally {
            memory.release(growth);
        }
    }

    /** Bytes that the group may hold more than now once the member has joined: also if it asks for its id first. */
    private static long growth(@Nullable ClassicGroup group, JoinGroupRequest request, Client client) {
        String instanceId = request.groupInstanceId();
        String memberId = request.memberId();
        if (group != null && memberId.isEmpty() && instanceId != null) {
            memberId = group.staticMemberId(instanceId);
        }
        var present = group == null || memberId == null ? null : group.member(memberId);
        return present == null
                ? newMember(name(request, client), request, client).bytes()
                        + (group == null ? ClassicGroup.bytes(request.groupId()) : 0)
                : GroupMember.bytes(request.protocols()) - GroupMember.bytes(present.protocols());
    }

    /** What a new member's id begins with. */
    private static String name(JoinGroupRequest request, Client client) {
        return request.groupInstanceId() == null ? client.id() : request.groupInstanceId();
    }

    /** A group that exists is on the disk, if only as an empty one of generation 0. */
    private Outcome storeNewGroup(ClassicGroup group) {
        var value = new ClassicGroup(group.id(), group.stateSinceMs(), memory).toRecord(Map.of());
        return Outcome.write(new GroupRecord.Metadata(group.id(), value), error -> {
            if (error != ErrorCode.NONE) {
                log.warn("Group was not stored group={} error={}", group, error);
            }
        });
    }

    private Outcome joinGroup(
            ClassicGroup group, JoinGroupRequest request, Client client, Consumer<JoinGroupResponse> reply) {
        String memberId = request.memberId();
        if (!accepts(group, memberId)) {
            reply.accept(failure("", ErrorCode.GROUP_MAX_SIZE_REACHED));
            return dropOut(group, memberId);
        }
        if (!group.supports(request.protocolType(), request.protocols())) {
            reply.accept(failure(memberId, ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
            return Outcome.NOTHING;
        }
        return memberId.isEmpty()
                ? joinUnknown(group, request, client, reply)
                : joinKnown(group, request, client, reply);
    }

    /** There is no room for {@code memberId}; if it was a member so far, it is none now, and nobody waits for it. */
    private Outcome dropOut(ClassicGroup group, String memberId) {
        var member = group.member(memberId);
        if (member == null) {
            group.remove(memberId);
            return rebalancing.completeJoinIfAllJoined(group);
        }
        rebalancing.remove(group, member);
        return rebalancing.afterLeave(group, "there is no room for a member");
    }

    /** Whether the group has room; while it rebalances, those count that have joined, so that the last ones fall out. */
    private boolean accepts(ClassicGroup group, String memberId) {
        var member = group.member(memberId);
        if (memberId.isEmpty() && group.pendingJoins() >= GroupSettings.PENDING_JOINS_MAX) {
            return false;
        }
        return switch (group.state()) {
            case EMPTY, DEAD -> true;
            case PREPARING_REBALANCE ->
                member != null && member.isAwaitingJoin() || group.awaitingJoin() < settings.membersMax();
            case COMPLETING_REBALANCE, STABLE -> member != null || group.size() < settings.membersMax();
        };
    }

    private Outcome joinUnknown(
            ClassicGroup group, JoinGroupRequest request, Client client, Consumer<JoinGroupResponse> reply) {
        String instanceId = request.groupInstanceId();
        String name = name(request, client);
        if (ByteBufUtil.utf8Bytes(name) > NAME_BYTES_MAX) {
            reply.accept(failure("", ErrorCode.INVALID_REQUEST));
            return Outcome.NOTHING;
        }
        Uuid uuid = uuids.get();
        String newId = name + "-" + new UUID(uuid.mostSignificantBits(), uuid.leastSignificantBits());
        if (instanceId != null) {
            String oldId = group.staticMemberId(instanceId);
            var old = oldId == null ? null : group.member(oldId);
            return old == null
                    ? add(group, request, client, newId, reply)
                    : takeOver(group, request, client, old, newId, reply);
        }
        if (client.version() < FIRST_VERSION_WITH_KNOWN_MEMBER_ID) {
            return add(group, request, client, newId, reply);
        }
        rebalancing.awaitJoinOf(group, newId, request.sessionTimeoutMs());
        reply.accept(failure(newId, ErrorCode.MEMBER_ID_REQUIRED));
        return Outcome.NOTHING;
    }

    private Outcome joinKnown(
            ClassicGroup group, JoinGroupRequest request, Client client, Consumer<JoinGroupResponse> reply) {
        String memberId = request.memberId();
        if (group.isPendingJoin(memberId)) {
            if (request.groupInstanceId() != null) {
                reply.accept(failure(memberId, ErrorCode.UNKNOWN_SERVER_ERROR));
                return Outcome.NOTHING;
            }
            return add(group, request, client, memberId, reply);
        }
        GroupMember member;
        try {
            member = group.require(memberId, request.groupInstanceId());
        } catch (ApiException e) {
            reply.accept(failure(memberId, e.error()));
            return Outcome.NOTHING;
        }
        boolean unchanged = member.protocols().equals(request.protocols());
        return switch (group.state()) {
            case PREPARING_REBALANCE -> rejoin(group, request, member, reply);
            case COMPLETING_REBALANCE ->
                unchanged
                        ? repeat(group, memberId, group.isLeader(memberId), reply)
                        : rejoin(group, request, member, reply);
            case STABLE ->
                unchanged && !group.isLeader(memberId)
                        ? repeat(group, memberId, false, reply)
                        : rejoin(group, request, member, reply);
            case EMPTY, DEAD -> {
                reply.accept(failure(memberId, ErrorCode.UNKNOWN_MEMBER_ID));
                yield Outcome.NOTHING;
            }
        };
    }

    /** The member may have missed the answer: tells it of the present generation once more. */
    private static Outcome repeat(
            ClassicGroup group, String memberId, boolean withMembers, Consumer<JoinGroupResponse> reply) {
        reply.accept(Rebalancing.generationAnswer(group, memberId, withMembers));
        return Outcome.NOTHING;
    }

    private Outcome add(
            ClassicGroup group,
            JoinGroupRequest request,
            Client client,
            String memberId,
            Consumer<JoinGroupResponse> reply) {
        var member = newMember(memberId, request, client);
        member.setNew(true);
        if (group.is(GroupState.PREPARING_REBALANCE) && group.previousState() == GroupState.EMPTY) {
            group.setJoinedDuringDelay(true);
        }
        group.add(member, reply);
        rebalancing.keepAlive(group, member, GroupSettings.NEW_MEMBER_JOIN_TIMEOUT_MS);
        return rebalancing.prepareOrContinue(group, reason("a member joins", request.reason()));
    }

    private static GroupMember newMember(String memberId, JoinGroupRequest request, Client client) {
        return new GroupMember(
                memberId,
                request.groupInstanceId(),
                client.id(),
                client.host(),
                request.rebalanceTimeoutMs(),
                request.sessionTimeoutMs(),
                request.protocolType(),
                request.protocols());
    }

    private Outcome rejoin(
            ClassicGroup group, JoinGroupRequest request, GroupMember member, Consumer<JoinGroupResponse> reply) {
        update(group, request, member, reply);
        return rebalancing.prepareOrContinue(group, reason("a member rejoins", request.reason()));
    }

    private static void update(
            ClassicGroup group, JoinGroupRequest request, GroupMember member, Consumer<JoinGroupResponse> reply) {
        group.update(member, request.protocols(), request.rebalanceTimeoutMs(), request.sessionTimeoutMs(), reply);
    }

    /** A static member has come back without its id: it goes on under a new one, and the old one is fenced. */
    private Outcome takeOver(
            ClassicGroup group,
            JoinGroupRequest request,
            Client client,
            GroupMember old,
            String newId,
            Consumer<JoinGroupResponse> reply) {
        log.info(
                "Static member comes back group={} instance={} old={} new={}",
                group.id(),
                old.instanceId(),
                old.id(),
                newId);
        group.answerJoin(old, failure(old.id(), ErrorCode.FENCED_INSTANCE_ID));
        old.answerSync(new SyncGroupResponse().setErrorCode(ErrorCode.FENCED_INSTANCE_ID.code()));
        String leaderBefore = group.leaderId() == null ? "" : group.leaderId();
        var member = group.replaceStatic(old, newId);
        update(group, request, member, reply);
        rebalancing.keepAlive(group, member);
        return switch (group.state()) {
            case STABLE -> {
                if (group.selectProtocol().equals(group.protocol())) {
                    yield storeTakeOver(group, member, leaderBefore, client.version());
                }
                yield rebalancing.prepareOrContinue(
                        group, reason("a static member changes the protocol", request.reason()));
            }
            case COMPLETING_REBALANCE ->
                rebalancing.prepare(group, reason("a static member comes back", request.reason()));
            case PREPARING_REBALANCE -> rebalancing.completeJoinIfAllJoined(group);
            case EMPTY, DEAD -> throw new IllegalStateException("group " + group + " has a static member " + old.id());
        };
    }

    private Outcome storeTakeOver(ClassicGroup group, GroupMember member, String leaderBefore, int version) {
        var record = new GroupRecord.Metadata(group.id(), group.toRecord(group.assignments()));
        return Outcome.write(record, error -> {
            if (error != ErrorCode.NONE) {
                group.answerJoin(member, failure("", StorageErrors.ofGroup(error)));
                return;
            }
            boolean leads = group.isLeader(member.id());
            if (version >= FIRST_VERSION_WITH_SKIP_ASSIGNMENT) {
                group.answerJoin(
                        member,
                        Rebalancing.generationAnswer(group, member.id(), leads).setSkipAssignment(leads));
            } else {
                // The old leader's id keeps a client that cannot skip the assignment from computing a new one.
                group.answerJoin(
                        member,
                        Rebalancing.generationAnswer(group, member.id(), false).setLeader(leaderBefore));
            }
        });
    }

    private static String reason(String what, @Nullable String clientReason) {
        return clientReason == null || clientReason.isEmpty() ? what : what + ": " + clientReason;
    }
}
