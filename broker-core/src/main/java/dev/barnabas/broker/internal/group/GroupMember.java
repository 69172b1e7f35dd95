package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic group: what it said of itself when it joined, the assignment it was given, and the answers it
 * waits for. It waits for at most one: a JoinGroup's or a SyncGroup's.
 */
final class GroupMember {

    static final byte[] NO_ASSIGNMENT = {};

    /** What a member takes beside what is of any length, roughly: it, its timer and its places in its group. */
    private static final int MEMBER_BYTES = 512;

    private static final int PROTOCOL_BYTES = 128;

    private final String id;
    private final @Nullable String instanceId;
    private final String clientId;
    private final String clientHost;
    private final String protocolType;
    private int rebalanceTimeoutMs;
    private int sessionTimeoutMs;
    private List<JoinGroupRequestProtocol> protocols;
    private byte[] assignment = NO_ASSIGNMENT;
    private boolean isNew;
    private @Nullable Consumer<JoinGroupResponse> joinReply;
    private @Nullable Consumer<SyncGroupResponse> syncReply;
    private @Nullable Deadline session;

    GroupMember(
            String id,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            String protocolType,
            List<JoinGroupRequestProtocol> protocols) {
        this.id = id;
        this.instanceId = instanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.protocolType = protocolType;
        this.protocols = List.copyOf(protocols);
    }

    /** The same static member under a new id, waiting for nothing. */
    GroupMember replacedBy(String newId) {
        var member = new GroupMember(
                newId, instanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocolType, protocols);
        member.assignment = assignment;
        return member;
    }

    /** Bytes that it takes in memory. */
    long bytes() {
        return MEMBER_BYTES
                + GroupMemory.ofTexts(id, instanceId, clientId, clientHost, protocolType)
                + bytes(protocols)
                + assignment.length;
    }

    /** The same, of what a member says it supports. */
    static long bytes(List<JoinGroupRequestProtocol> protocols) {
        long bytes = 0;
        for (var protocol : protocols) {
            bytes += PROTOCOL_BYTES + GroupMemory.ofTexts(protocol.name()) + protocol.metadata().length;
        }
        return bytes;
    }

    String id() {
        return id;
    }

    /** Name of a static member (KIP-345), null for a dynamic one. */
    @Nullable
    String instanceId() {
        return instanceId;
    }

    boolean isStatic() {
        return instanceId != null;
    }

    String clientId() {
        return clientId;
    }

    String clientHost() {
        return clientHost;
    }

    String protocolType() {
        return protocolType;
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    /** The protocols it supports, in its order of preference. */
    List<JoinGroupRequestProtocol> protocols() {
        return protocols;
    }

    void update(List<JoinGroupRequestProtocol> newProtocols, int newRebalanceTimeoutMs, int newSessionTimeoutMs) {
        protocols = List.copyOf(newProtocols);
        rebalanceTimeoutMs = newRebalanceTimeoutMs;
        sessionTimeoutMs = newSessionTimeoutMs;
    }

    /** What it said for {@code protocol}; null if it does not support it. */
    byte @Nullable [] metadata(String protocol) {
        for (var supported : protocols) {
            if (supported.name().equals(protocol)) {
                return supported.metadata();
            }
        }
        return null;
    }

    /** The one of {@code candidates} that it likes best. */
    @Nullable
    String vote(Set<String> candidates) {
        for (var supported : protocols) {
            if (candidates.contains(supported.name())) {
                return supported.name();
            }
        }
        return null;
    }

    byte[] assignment() {
        return assignment;
    }

    void assign(byte[] newAssignment) {
        assignment = newAssignment;
    }

    /** Whether it has never had an answer that tells its id, so that it cannot send heartbeats. */
    boolean isNew() {
        return isNew;
    }

    void setNew(boolean value) {
        isNew = value;
    }

    boolean isAwaitingJoin() {
        return joinReply != null;
    }

    void awaitJoin(@Nullable Consumer<JoinGroupResponse> reply) {
        joinReply = reply;
    }

    void answerJoin(JoinGroupResponse response) {
        var reply = joinReply;
        joinReply = null;
        if (reply != null) {
            reply.accept(response);
        }
    }

    /** It waits for its assignment. An earlier request of its that still waits is answered: nobody would do it any more. */
    void awaitSync(Consumer<SyncGroupResponse> reply) {
        answerSync(new SyncGroupResponse().setErrorCode(ErrorCode.REBALANCE_IN_PROGRESS.code()));
        syncReply = reply;
    }

    /** Returns whether it was waiting for that. */
    boolean answerSync(SyncGroupResponse response) {
        var reply = syncReply;
        syncReply = null;
        if (reply != null) {
            reply.accept(response);
        }
        return reply != null;
    }

    /** Whether its being alive is not in question: a request of its own is waiting here. */
    boolean isPresent() {
        return !isNew && (joinReply != null || syncReply != null);
    }

    /** Starts its session anew; {@code onExpired} runs once if nothing is heard of it for {@code timeoutMs}. */
    void keepAlive(GroupTimers timers, long timeoutMs, GroupTimers.Action onExpired) {
        if (session == null) {
            session = new Deadline(timers, onExpired);
        }
        session.reset(timeoutMs);
    }

    void endSession() {
        if (session != null) {
            session.cancel();
            session = null;
        }
    }
}
