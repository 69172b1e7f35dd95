package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Timers.Timer;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.GroupMetadataValue;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A group of the classic protocol: its members, its generation and the phase its rebalance is in. It keeps its own
 * counts true and makes its own transitions; what is answered to whom, and when, is decided by {@link Joining},
 * {@link Syncing}, {@link Presence} and {@link Rebalancing}.
 *
 * <pre>
 *             a member joins                    all members joined, or rebalance timeout
 *   +-------+ --------------> +---------------------+ -----------------> +----------------------+
 *   | Empty |                 | PreparingRebalance  |                    | CompletingRebalance  |
 *   +-------+ <-------------- +---------------------+ <----------------- +----------------------+
 *     ^   |    nobody joined        ^                   a member joins        | the leader's assignment
 *     |   | deleted, or             | leaves, expires,  leaves, expires,      | is committed
 *     |   | all offsets expired     | or never syncs    or never syncs        v
 *     |   v                         |                                     +--------+
 *     | Dead                        +------------------------------------ | Stable |
 *     |                                                                   +--------+
 * </pre>
 *
 * <p>A group without a protocol type is a simple group: it has committed offsets and never had a member.
 */
final class ClassicGroup {

    /** The protocol type of Kafka's consumers, whose metadata the broker can read. */
    static final String CONSUMER_PROTOCOL_TYPE = "consumer";

    /** What a group, a member id handed out, and a topic that members read take beside their names, roughly. */
    private static final int GROUP_BYTES = 1024;

    private static final int PENDING_JOIN_BYTES = 256;
    private static final int TOPIC_BYTES = 96;

    private final String id;
    private final ShardMemory memory;
    private final Map<String, GroupMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();
    private final Map<String, Deadline> pendingJoins = new HashMap<>();
    private final Set<String> pendingSyncs = new LinkedHashSet<>();
    private final Map<String, Integer> membersByProtocol = new HashMap<>();
    private GroupState state = GroupState.EMPTY;
    private GroupState previousState = GroupState.DEAD;
    private long stateSinceMs;
    private int generation;
    private int awaitingJoin;
    private boolean joinedDuringDelay;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private @Nullable String leaderId;
    private @Nullable Set<String> subscribedTopics;
    private long subscribedTopicsBytes;
    private @Nullable Timer joinTimer;
    private @Nullable Timer syncTimer;

    /** A group that has nobody yet. Counts what it takes in, but not itself. */
    ClassicGroup(String id, long nowMs, ShardMemory memory) {
        this.id = id;
        this.stateSinceMs = nowMs;
        this.memory = memory;
    }

    /** The group that {@code value} tells of: Stable, or Empty if it has no members. */
    static ClassicGroup restore(String id, GroupMetadataValue value, ShardMemory memory) {
        var group = new ClassicGroup(id, value.currentStateTimestamp(), memory);
        for (var stored : value.members()) {
            int rebalanceTimeoutMs =
                    stored.rebalanceTimeout() == -1 ? stored.sessionTimeout() : stored.rebalanceTimeout();
            var protocol = new JoinGroupRequestProtocol()
                    .setName(value.protocol() == null ? "" : value.protocol())
                    .setMetadata(stored.subscription());
            var member = new GroupMember(
                    stored.memberId(),
                    stored.groupInstanceId(),
                    stored.clientId(),
                    stored.clientHost(),
                    rebalanceTimeoutMs,
                    stored.sessionTimeout(),
                    value.protocolType(),
                    List.of(protocol));
            member.assign(stored.assignment());
            group.add(member, null);
        }
        group.state = value.members().isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
        group.generation = value.generation();
        group.protocolType = value.protocolType().isEmpty() ? null : value.protocolType();
        group.protocol = value.protocol();
        group.leaderId = value.leader();
        group.readSubscriptions();
        return group;
    }

    /**
     * The record that stores this group.
     *
     * @param assignments by member id; a member without one is stored with an empty one
     */
    GroupMetadataValue toRecord(Map<String, byte[]> assignments) {
        var stored = new ArrayList<GroupMetadataValue.MemberMetadata>(members.size());
        for (var member : members.values()) {
            byte[] subscription = protocol == null ? null : member.metadata(protocol);
            stored.add(new GroupMetadataValue.MemberMetadata()
                    .setMemberId(member.id())
                    .setGroupInstanceId(member.instanceId())
                    .setClientId(member.clientId())
                    .setClientHost(member.clientHost())
                    .setRebalanceTimeout(member.rebalanceTimeoutMs())
                    .setSessionTimeout(member.sessionTimeoutMs())
                    .setSubscription(subscription == null ? GroupMember.NO_ASSIGNMENT : subscription)
                    .setAssignment(assignments.getOrDefault(member.id(), GroupMember.NO_ASSIGNMENT)));
        }
        return new GroupMetadataValue()
                .setProtocolType(protocolType == null ? "" : protocolType)
                .setGeneration(generation)
                .setProtocol(protocol)
                .setLeader(leaderId)
                .setCurrentStateTimestamp(stateSinceMs)
                .setMembers(stored);
    }

    /** Bytes in memory of a group that has nobody. */
    static long bytes(String id) {
        return GROUP_BYTES + GroupMemory.ofTexts(id);
    }

    private static long pendingJoinBytes(String memberId) {
        return PENDING_JOIN_BYTES + GroupMemory.ofTexts(memberId);
    }

    /** Bytes in memory of all that has been counted for this group. */
    long bytes() {
        long bytes = bytes(id) + subscribedTopicsBytes;
        for (var member : members.values()) {
            bytes += member.bytes();
        }
        for (String memberId : pendingJoins.keySet()) {
            bytes += pendingJoinBytes(memberId);
        }
        return bytes;
    }

    String id() {
        return id;
    }

    GroupState state() {
        return state;
    }

    boolean is(GroupState other) {
        return state == other;
    }

    /** The state before this one. */
    GroupState previousState() {
        return previousState;
    }

    /** Wall clock of the last transition, milliseconds; -1 if an old record did not tell. */
    long stateSinceMs() {
        return stateSinceMs;
    }

    int generation() {
        return generation;
    }

    /** Null before the first member joined. */
    @Nullable
    String protocolType() {
        return protocolType;
    }

    /** The protocol the members chose; null while there is no generation with members. */
    @Nullable
    String protocol() {
        return protocol;
    }

    /** The member that assigns; null if there are no members. */
    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    boolean usesConsumerProtocol() {
        return CONSUMER_PROTOCOL_TYPE.equals(protocolType);
    }

    Collection<GroupMember> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    boolean has(String memberId) {
        return members.containsKey(memberId);
    }

    @Nullable
    GroupMember member(String memberId) {
        return members.get(memberId);
    }

    /** Id of the static member of that name; null if there is none. */
    @Nullable
    String staticMemberId(String instanceId) {
        return memberIdByInstance.get(instanceId);
    }

    /**
     * The member that a request says it comes from.
     *
     * @throws ApiException UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID if another has taken that static member's place
     */
    GroupMember require(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String current = memberIdByInstance.get(instanceId);
            if (current != null && !current.equals(memberId)) {
                throw new ApiException(
                        ErrorCode.FENCED_INSTANCE_ID,
                        "member.id: " + memberId + " (expected: " + current + " for group.instance.id " + instanceId
                                + ")");
            }
            if (current == null) {
                throw unknownMember(memberId);
            }
        }
        var member = members.get(memberId);
        if (member == null) {
            throw unknownMember(memberId);
        }
        return member;
    }

    private ApiException unknownMember(String memberId) {
        return new ApiException(
                ErrorCode.UNKNOWN_MEMBER_ID, "member.id: " + memberId + " (expected: a member of group " + id + ")");
    }

    /** @throws ApiException ILLEGAL_GENERATION */
    void requireGeneration(int asked) {
        if (asked != generation) {
            throw new ApiException(
                    ErrorCode.ILLEGAL_GENERATION, "generation: " + asked + " (expected: " + generation + ")");
        }
    }

    /** Adds a member, which waits for the answer to its JoinGroup unless {@code reply} is null. */
    void add(GroupMember member, @Nullable Consumer<JoinGroupResponse> reply) {
        if (members.isEmpty()) {
            protocolType = member.protocolType();
        }
        if (leaderId == null) {
            leaderId = member.id();
        }
        if (member.instanceId() != null) {
            memberIdByInstance.put(member.instanceId(), member.id());
        }
        members.put(member.id(), member);
        memory.add(member.bytes());
        countProtocols(member, 1);
        awaitJoin(member, reply);
        removePendingJoin(member.id());
    }

    /** Replaces what {@code member} said of itself; it waits for the answer to its JoinGroup from now on. */
    void update(
            GroupMember member,
            List<JoinGroupRequestProtocol> protocols,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            @Nullable Consumer<JoinGroupResponse> reply) {
        countProtocols(member, -1);
        memory.add(GroupMember.bytes(protocols) - GroupMember.bytes(member.protocols()));
        member.update(protocols, rebalanceTimeoutMs, sessionTimeoutMs);
        countProtocols(member, 1);
        awaitJoin(member, reply);
    }

    /**
     * {@code member} waits for the answer to its JoinGroup. An earlier one that still waits is answered: nobody would answer
     * it any more, and it would hold what it says for good.
     */
    private void awaitJoin(GroupMember member, @Nullable Consumer<JoinGroupResponse> reply) {
        answerJoin(member, Joining.failure(member.id(), ErrorCode.REBALANCE_IN_PROGRESS));
        awaitingJoin += reply == null ? 0 : 1;
        member.awaitJoin(reply);
    }

    /** Answers the JoinGroup that {@code member} waits for, if it does. */
    void answerJoin(GroupMember member, JoinGroupResponse response) {
        if (member.isAwaitingJoin()) {
            awaitingJoin--;
            member.answerJoin(response);
        }
    }

    /** Removes a member or a pending one; if it was the leader, the longest-standing member leads from now on. */
    void remove(String memberId) {
        var member = members.remove(memberId);
        if (member != null) {
            member.endSession();
            memory.add(-member.bytes());
            countProtocols(member, -1);
            if (member.isAwaitingJoin()) {
                awaitingJoin--;
            }
            if (member.instanceId() != null) {
                memberIdByInstance.remove(member.instanceId());
            }
        }
        if (isLeader(memberId)) {
            leaderId = members.isEmpty() ? null : members.keySet().iterator().next();
        }
        removePendingJoin(memberId);
        pendingSyncs.remove(memberId);
    }

    /** Puts a new id in the place of {@code old}, a static member that came back without remembering it (KIP-345). */
    GroupMember replaceStatic(GroupMember old, String newId) {
        var member = old.replacedBy(newId);
        old.endSession();
        members.remove(old.id());
        members.put(newId, member);
        memory.add(member.bytes() - old.bytes());
        if (isLeader(old.id())) {
            leaderId = newId;
        }
        if (member.instanceId() != null) {
            memberIdByInstance.put(member.instanceId(), newId);
        }
        return member;
    }

    /** Notes that {@code memberId} was handed out and is expected to join with it (KIP-394). */
    void addPendingJoin(String memberId, Deadline deadline) {
        pendingJoins.put(memberId, deadline);
        memory.add(pendingJoinBytes(memberId));
    }

    boolean isPendingJoin(String memberId) {
        return pendingJoins.containsKey(memberId);
    }

    int pendingJoins() {
        return pendingJoins.size();
    }

    private void removePendingJoin(String memberId) {
        var deadline = pendingJoins.remove(memberId);
        if (deadline != null) {
            deadline.cancel();
            memory.add(-pendingJoinBytes(memberId));
        }
    }

    /** The members that were told of the new generation and have not asked for their assignment. */
    Set<String> pendingSyncs() {
        return pendingSyncs;
    }

    /** How many members wait for the answer to their JoinGroup. */
    int awaitingJoin() {
        return awaitingJoin;
    }

    boolean hasAllJoined() {
        return members.size() == awaitingJoin && pendingJoins.isEmpty();
    }

    List<GroupMember> notJoined() {
        return members.values().stream()
                .filter(member -> !member.isAwaitingJoin())
                .toList();
    }

    /** Whether somebody joined while the first rebalance was being delayed, so that it may be delayed once more. */
    boolean joinedDuringDelay() {
        return joinedDuringDelay;
    }

    void setJoinedDuringDelay(boolean value) {
        joinedDuringDelay = value;
    }

    /** The longest time that any member asks for to finish what it is at. */
    int rebalanceTimeoutMs() {
        int max = 0;
        for (var member : members.values()) {
            max = Math.max(max, member.rebalanceTimeoutMs());
        }
        return max;
    }

    /** Makes sure that the leader is one that has joined; false if nobody has. */
    boolean electJoinedLeader() {
        var leader = leaderId == null ? null : members.get(leaderId);
        if (leader == null || leader.isAwaitingJoin()) {
            return leader != null;
        }
        for (var member : members.values()) {
            if (member.isAwaitingJoin()) {
                leaderId = member.id();
                return true;
            }
        }
        return false;
    }

    /** Whether a member of that type and protocols could work with all there are. */
    boolean supports(String type, List<JoinGroupRequestProtocol> protocols) {
        if (state == GroupState.EMPTY) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        return type.equals(protocolType)
                && protocols.stream()
                        .anyMatch(offered -> membersByProtocol.getOrDefault(offered.name(), 0) == members.size());
    }

    /** The protocol with the most votes among those that all members support; there is one while there are members. */
    String selectProtocol() {
        Set<String> candidates = new HashSet<>();
        membersByProtocol.forEach((name, count) -> {
            if (count == members.size()) {
                candidates.add(name);
            }
        });
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (var member : members.values()) {
            String choice = member.vote(candidates);
            if (choice != null) {
                votes.merge(choice, 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow(() -> new IllegalStateException("group " + id + ": no protocol that all members support"))
                .getKey();
    }

    private void countProtocols(GroupMember member, int change) {
        var names = new HashSet<String>();
        for (var supported : member.protocols()) {
            if (names.add(supported.name())) {
                membersByProtocol.merge(supported.name(), change, (a, b) -> a + b == 0 ? null : a + b);
            }
        }
    }

    /** Everyone who can be part of the next generation has joined: begins it. */
    void beginGeneration(long nowMs) {
        generation++;
        protocol = members.isEmpty() ? null : selectProtocol();
        readSubscriptions();
        transition(members.isEmpty() ? GroupState.EMPTY : GroupState.COMPLETING_REBALANCE, nowMs);
        pendingSyncs.clear();
        if (state == GroupState.COMPLETING_REBALANCE) {
            pendingSyncs.addAll(members.keySet());
        }
    }

    void prepareRebalance(long nowMs) {
        pendingSyncs.clear();
        transition(GroupState.PREPARING_REBALANCE, nowMs);
    }

    void becomeStable(long nowMs) {
        transition(GroupState.STABLE, nowMs);
    }

    /** Whether a rebalance can begin: it has not, already. */
    boolean canPrepareRebalance() {
        return state != GroupState.PREPARING_REBALANCE;
    }

    private void transition(GroupState next, long nowMs) {
        boolean legal =
                switch (next) {
                    case PREPARING_REBALANCE -> state != GroupState.PREPARING_REBALANCE;
                    case COMPLETING_REBALANCE, EMPTY -> state == GroupState.PREPARING_REBALANCE;
                    case STABLE -> state == GroupState.COMPLETING_REBALANCE;
                    case DEAD -> false;
                };
        if (!legal) {
            throw new IllegalStateException("group " + id + ": " + state + " -> " + next + " (expected: as drawn)");
        }
        previousState = state;
        state = next;
        stateSinceMs = nowMs;
    }

    /** The group's members as the leader needs them to assign. */
    List<JoinGroupResponseMember> membersForLeader() {
        var list = new ArrayList<JoinGroupResponseMember>(members.size());
        for (var member : members.values()) {
            byte[] metadata = protocol == null ? null : member.metadata(protocol);
            list.add(new JoinGroupResponseMember()
                    .setMemberId(member.id())
                    .setGroupInstanceId(member.instanceId())
                    .setMetadata(metadata == null ? GroupMember.NO_ASSIGNMENT : metadata));
        }
        return list;
    }

    /** Gives {@code member} another assignment in the place of the one it had. */
    void assign(GroupMember member, byte[] assignment) {
        memory.add(assignment.length - member.assignment().length);
        member.assign(assignment);
    }

    Map<String, byte[]> assignments() {
        Map<String, byte[]> assignments = new HashMap<>();
        members.forEach((memberId, member) -> assignments.put(memberId, member.assignment()));
        return assignments;
    }

    /** Whether a member reads {@code topic}, or might: what consumers said of their topics could not be read or kept. */
    boolean isSubscribedTo(String topic) {
        return subscribedTopics == null ? usesConsumerProtocol() : subscribedTopics.contains(topic);
    }

    /** Whether it is known what the members read. */
    boolean knowsSubscriptions() {
        return subscribedTopics != null;
    }

    /** Reads what the members subscribe to, as far as that can be told and there is memory for it. */
    private void readSubscriptions() {
        forgetSubscriptions();
        Set<String> topics = new HashSet<>();
        subscribedTopics = usesConsumerProtocol() ? topics : null;
        for (var member : members.values()) {
            if (subscribedTopics == null) {
                return;
            }
            byte[] metadata = protocol == null ? null : member.metadata(protocol);
            var subscribed = metadata == null ? null : Subscriptions.topics(metadata);
            if (subscribed == null || !addTopics(subscribed, topics)) {
                forgetSubscriptions();
            }
        }
    }

    /** Returns false, having added nothing, if there is no memory for them. */
    private boolean addTopics(List<String> more, Set<String> topics) {
        var added = new HashSet<>(more);
        added.removeAll(topics);
        long bytes = 0;
        for (String topic : added) {
            bytes += TOPIC_BYTES + GroupMemory.ofTexts(topic);
        }
        if (!memory.reserve(bytes, id)) {
            return false;
        }
        subscribedTopicsBytes += bytes;
        topics.addAll(added);
        return true;
    }

    private void forgetSubscriptions() {
        memory.add(-subscribedTopicsBytes);
        subscribedTopicsBytes = 0;
        subscribedTopics = null;
    }

    /** The timer that ends the join phase. */
    void setJoinTimer(Timer timer) {
        cancelJoinTimer();
        joinTimer = timer;
    }

    void cancelJoinTimer() {
        if (joinTimer != null) {
            joinTimer.cancel();
            joinTimer = null;
        }
    }

    /** The timer that ends the wait for members to sync. */
    void setSyncTimer(Timer timer) {
        cancelSyncTimer();
        syncTimer = timer;
    }

    void cancelSyncTimer() {
        if (syncTimer != null) {
            syncTimer.cancel();
            syncTimer = null;
        }
    }

    /** Lets go of everything that would come back to this group: it has been deleted, or its shard is closed. */
    void cancelTimers() {
        cancelJoinTimer();
        cancelSyncTimer();
        members.values().forEach(GroupMember::endSession);
        pendingJoins.values().forEach(Deadline::cancel);
    }

    @Override
    public String toString() {
        return id + " (state=" + state + ", generation=" + generation + ", members=" + members.size() + ")";
    }
}
