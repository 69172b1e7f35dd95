package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes groups from one generation to the next: calls the members together, waits for them, announces the generation,
 * and drops those that do not come along. Lane only.
 *
 * <p>How long it waits: for the members to join and to sync, the longest rebalance timeout among them; for the first
 * members of an empty group, {@code group.initial.rebalance.delay.ms}, again and again while more come, up to the
 * rebalance timeout.
 */
final class Rebalancing {

    private static final Logger log = LoggerFactory.getLogger(Rebalancing.class);

    private final Groups groups;
    private final GroupTimers timers;
    private final GroupSettings settings;

    Rebalancing(Groups groups, GroupTimers timers, GroupSettings settings) {
        this.groups = groups;
        this.timers = timers;
        this.settings = settings;
    }

    /** Begins a rebalance, or goes on with the one that is under way. */
    Outcome prepareOrContinue(ClassicGroup group, String reason) {
        return group.canPrepareRebalance() ? prepare(group, reason) : completeJoinIfAllJoined(group);
    }

    /** Begins a rebalance. */
    Outcome prepare(ClassicGroup group, String reason) {
        if (group.is(GroupState.COMPLETING_REBALANCE)) {
            abandonAssignment(group, ErrorCode.REBALANCE_IN_PROGRESS);
        }
        group.cancelSyncTimer();
        boolean first = group.is(GroupState.EMPTY);
        group.prepareRebalance(timers.wallMs());
        log.debug("Group rebalances group={} generation={} reason={}", group.id(), group.generation(), reason);
        if (first) {
            int delayMs = settings.initialRebalanceDelayMs();
            return delayFirst(group, delayMs, Math.max(group.rebalanceTimeoutMs() - delayMs, 0));
        }
        return group.hasAllJoined() ? completeJoin(group) : awaitJoins(group);
    }

    /** Ends the join phase if nobody is missing; not that of a group's first generation, which has its own delay. */
    Outcome completeJoinIfAllJoined(ClassicGroup group) {
        return group.is(GroupState.PREPARING_REBALANCE)
                        && group.previousState() != GroupState.EMPTY
                        && group.hasAllJoined()
                ? completeJoin(group)
                : Outcome.NOTHING;
    }

    private Outcome awaitJoins(ClassicGroup group) {
        group.setJoinTimer(timers.schedule(group.rebalanceTimeoutMs(), () -> joinTimeout(group)));
        return Outcome.NOTHING;
    }

    private Outcome joinTimeout(ClassicGroup group) {
        return groups.contains(group) && group.is(GroupState.PREPARING_REBALANCE)
                ? completeJoin(group)
                : Outcome.NOTHING;
    }

    private Outcome delayFirst(ClassicGroup group, int delayMs, int remainingMs) {
        if (delayMs == 0) {
            return completeJoin(group);
        }
        group.setJoinTimer(timers.schedule(delayMs, () -> firstDelayPassed(group, delayMs, remainingMs)));
        return Outcome.NOTHING;
    }

    private Outcome firstDelayPassed(ClassicGroup group, int delayMs, int remainingMs) {
        if (!groups.contains(group) || !group.is(GroupState.PREPARING_REBALANCE)) {
            return Outcome.NOTHING;
        }
        if (!group.joinedDuringDelay() || remainingMs == 0) {
            return completeJoin(group);
        }
        group.setJoinedDuringDelay(false);
        int nextMs = Math.min(settings.initialRebalanceDelayMs(), remainingMs);
        return delayFirst(group, nextMs, Math.max(remainingMs - delayMs, 0));
    }

    /**
     * Ends the join phase: drops the dynamic members that did not join, and announces the generation to the others. With
     * static members only, none of which has joined, it goes on waiting until their sessions end.
     */
    Outcome completeJoin(ClassicGroup group) {
        group.cancelJoinTimer();
        for (var member : group.notJoined()) {
            if (!member.isStatic()) {
                log.info("Member did not rejoin in time and is removed group={} member={}", group.id(), member.id());
                group.remove(member.id());
            }
        }
        if (group.size() > 0 && !group.electJoinedLeader()) {
            return awaitJoins(group);
        }
        group.beginGeneration(timers.wallMs());
        if (group.is(GroupState.EMPTY)) {
            log.debug("Group is empty group={} generation={}", group.id(), group.generation());
            return Outcome.write(
                    new GroupRecord.Metadata(group.id(), group.toRecord(Map.of())),
                    error -> warnNotStored(group, error));
        }
        announceGeneration(group);
        group.setSyncTimer(timers.schedule(group.rebalanceTimeoutMs(), () -> syncTimeout(group, group.generation())));
        return Outcome.NOTHING;
    }

    private static void warnNotStored(ClassicGroup group, ErrorCode error) {
        if (error != ErrorCode.NONE) {
            log.warn("Group was not stored group={} error={}", group, error);
        }
    }

    private void announceGeneration(ClassicGroup group) {
        for (var member : group.members()) {
            boolean leads = group.isLeader(member.id());
            group.answerJoin(member, generationAnswer(group, member.id(), leads));
            member.setNew(false);
            keepAlive(group, member);
        }
    }

    /** The answer that tells a member of the present generation. */
    static JoinGroupResponse generationAnswer(ClassicGroup group, String memberId, boolean withMembers) {
        return new JoinGroupResponse()
                .setMemberId(memberId)
                .setGenerationId(group.generation())
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setLeader(group.leaderId() == null ? "" : group.leaderId())
                .setMembers(withMembers ? group.membersForLeader() : List.of());
    }

    private Outcome syncTimeout(ClassicGroup group, int generation) {
        boolean awaited = groups.contains(group)
                && group.generation() == generation
                && (group.is(GroupState.COMPLETING_REBALANCE) || group.is(GroupState.STABLE))
                && !group.pendingSyncs().isEmpty();
        if (!awaited) {
            return Outcome.NOTHING;
        }
        for (var memberId : List.copyOf(group.pendingSyncs())) {
            log.info("Member did not sync in time and is removed group={} member={}", group.id(), memberId);
            group.remove(memberId);
        }
        return prepare(group, "members did not sync in time");
    }

    /** Notes that {@code member} asked for its assignment. */
    void onSync(ClassicGroup group, GroupMember member) {
        group.pendingSyncs().remove(member.id());
        if (group.pendingSyncs().isEmpty()) {
            group.cancelSyncTimer();
        }
    }

    /** The leader's assignment is committed: hands it out. */
    void assign(ClassicGroup group, Map<String, byte[]> assignments) {
        for (var member : group.members()) {
            group.assign(member, assignments.getOrDefault(member.id(), GroupMember.NO_ASSIGNMENT));
        }
        group.becomeStable(timers.wallMs());
        for (var member : group.members()) {
            answerSync(group, member, Syncing.assignmentAnswer(group, member));
        }
    }

    /** There will be no assignment of this generation: tells those who wait for it. */
    void abandonAssignment(ClassicGroup group, ErrorCode error) {
        for (var member : group.members()) {
            group.assign(member, GroupMember.NO_ASSIGNMENT);
            answerSync(group, member, new SyncGroupResponse().setErrorCode(error.code()));
        }
    }

    private void answerSync(ClassicGroup group, GroupMember member, SyncGroupResponse response) {
        if (member.answerSync(response)) {
            keepAlive(group, member);
        }
    }

    /** Starts a member's session anew. */
    void keepAlive(ClassicGroup group, GroupMember member) {
        keepAlive(group, member, member.sessionTimeoutMs());
    }

    void keepAlive(ClassicGroup group, GroupMember member, int timeoutMs) {
        member.keepAlive(timers, timeoutMs, () -> sessionTimeout(group, member));
    }

    private Outcome sessionTimeout(ClassicGroup group, GroupMember member) {
        if (!groups.contains(group) || group.member(member.id()) != member || member.isPresent()) {
            return Outcome.NOTHING;
        }
        log.info("Member's session has ended and it is removed group={} member={}", group.id(), member.id());
        remove(group, member);
        return afterRemoval(group, "a member's session has ended");
    }

    /** Hands out {@code memberId}, which is forgotten unless somebody joins with it within {@code timeoutMs}. */
    void awaitJoinOf(ClassicGroup group, String memberId, int timeoutMs) {
        var deadline = new Deadline(timers, () -> pendingJoinTimeout(group, memberId));
        deadline.reset(timeoutMs);
        group.addPendingJoin(memberId, deadline);
    }

    private Outcome pendingJoinTimeout(ClassicGroup group, String memberId) {
        if (!groups.contains(group) || !group.isPendingJoin(memberId)) {
            return Outcome.NOTHING;
        }
        group.remove(memberId);
        return group.is(GroupState.PREPARING_REBALANCE) && group.hasAllJoined() ? completeJoin(group) : Outcome.NOTHING;
    }

    /** Removes a member; if it waits for the answer to its JoinGroup, it is told that it is none. */
    void remove(ClassicGroup group, GroupMember member) {
        group.answerJoin(member, Joining.failure("", ErrorCode.UNKNOWN_MEMBER_ID));
        member.answerSync(new SyncGroupResponse().setErrorCode(ErrorCode.UNKNOWN_MEMBER_ID.code()));
        group.remove(member.id());
    }

    /** Members have gone of themselves, or were made to: lets the others share what they left. */
    Outcome afterLeave(ClassicGroup group, String reason) {
        return group.is(GroupState.PREPARING_REBALANCE) ? completeJoinIfAllJoined(group) : afterRemoval(group, reason);
    }

    /** Members have gone: lets the others share what they left. */
    Outcome afterRemoval(ClassicGroup group, String reason) {
        return switch (group.state()) {
            case STABLE, COMPLETING_REBALANCE -> prepareOrContinue(group, reason);
            case PREPARING_REBALANCE -> group.hasAllJoined() ? completeJoin(group) : Outcome.NOTHING;
            case EMPTY, DEAD -> Outcome.NOTHING;
        };
    }
}
