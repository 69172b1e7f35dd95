package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.ConsumerProtocolSubscription;
import dev.barnabas.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import dev.barnabas.protocol.message.DescribeGroupsResponse.DescribedGroup;
import dev.barnabas.protocol.message.HeartbeatRequest;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.LeaveGroupRequest.MemberIdentity;
import dev.barnabas.protocol.message.LeaveGroupResponse;
import dev.barnabas.protocol.message.ListGroupsResponse.ListedGroup;
import dev.barnabas.protocol.message.OffsetCommitRequest;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.barnabas.protocol.message.OffsetCommitResponse;
import dev.barnabas.protocol.message.OffsetDeleteRequest;
import dev.barnabas.protocol.message.OffsetDeleteResponse;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.barnabas.protocol.message.SyncGroupRequest;
import dev.barnabas.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.barnabas.protocol.message.SyncGroupResponse;
import dev.barnabas.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A shard on a clock moved by hand, and the requests of clients to it. */
final class ShardHarness {

    static final String GROUP = "readers";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;
    static final Uuid TOPIC_ID = new Uuid(7, 7);

    final ManualTime time = new ManualTime();
    final MapConfigs configs = new MapConfigs();
    final MemoryGroupLog log = new MemoryGroupLog();
    private final DirectLane lane = new DirectLane();
    private final Supplier<Uuid> uuids = new Supplier<>() {
        private long next;

        @Override
        public Uuid get() {
            return new Uuid(0, ++next);
        }
    };
    private GroupMemory memory;
    private GroupShard shard;

    ShardHarness() {
        this(Long.MAX_VALUE);
    }

    /** @param bytesMax bounds what its groups hold in memory */
    ShardHarness(long bytesMax) {
        memory = new GroupMemory(bytesMax, time);
        restart();
    }

    /** The same, with another bound. */
    void restart(long bytesMax) {
        close();
        memory = new GroupMemory(bytesMax, time);
        restart();
    }

    /** A new shard on the same log. */
    void restart() {
        if (shard != null) {
            close();
        }
        var settings = new GroupSettings(configs, 20_000, 200_000);
        shard = new GroupShard(0, lane, log, time, time, settings, memory, uuids);
        lane.execute(shard::load);
    }

    void close() {
        lane.execute(shard::close);
    }

    /** Bytes that count against the bound. */
    long memoryUsed() {
        return memory.used();
    }

    /** All members leave, ids not used expire, and the groups are deleted. */
    void clear() {
        time.pass(2 * REBALANCE_MS);
        for (var listed : list(List.of(), List.of())) {
            for (var member : describe(listed.groupId(), 5).members()) {
                leave(member.memberId(), member.groupInstanceId());
            }
            deleteGroup(listed.groupId());
        }
    }

    GroupShard shard() {
        return shard;
    }

    <T> Answer<T> run(OperationOn<T> operation, java.util.function.Function<ErrorCode, T> refused) {
        var answer = new Answer<T>();
        lane.execute(() -> shard.run(() -> operation.on(shard, answer), error -> answer.accept(refused.apply(error))));
        return answer;
    }

    <T> Answer<T> runBeside(OperationOn<T> operation, java.util.function.Function<ErrorCode, T> refused) {
        var answer = new Answer<T>();
        lane.execute(
                () -> shard.runBeside(() -> operation.on(shard, answer), error -> answer.accept(refused.apply(error))));
        return answer;
    }

    interface OperationOn<T> {
        Outcome on(GroupShard shard, Consumer<T> reply);
    }

    // ---- members

    static JoinGroupRequest joining(String memberId, String... protocols) {
        var offered = new ArrayList<JoinGroupRequestProtocol>();
        for (String name : protocols) {
            offered.add(new JoinGroupRequestProtocol().setName(name).setMetadata(subscription("orders")));
        }
        return new JoinGroupRequest()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGroupInstanceId(null)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setProtocolType("consumer")
                .setProtocols(offered);
    }

    static byte[] subscription(String... topics) {
        var out = new WireWriter();
        out.writeInt16((short) 0);
        new ConsumerProtocolSubscription().setTopics(List.of(topics)).write(out, 0);
        return out.toByteArray();
    }

    Answer<JoinGroupResponse> join(JoinGroupRequest request, int version) {
        return run(
                (to, reply) -> to.joining().join(request, new Client("client", "/127.0.0.1", version), reply),
                error -> new JoinGroupResponse().setErrorCode(error.code()));
    }

    Answer<JoinGroupResponse> join(String memberId) {
        return join(joining(memberId, "range"), 9);
    }

    /** An id handed out for the next join. */
    String newMemberId() {
        var response = join("").get();
        if (response.errorCode() != ErrorCode.MEMBER_ID_REQUIRED.code()) {
            throw new AssertionError(response);
        }
        return response.memberId();
    }

    /** A new member's join, its id asked for first. */
    Answer<JoinGroupResponse> joinNew() {
        return join(newMemberId());
    }

    Answer<JoinGroupResponse> joinStatic(String instanceId, String memberId, int version) {
        return join(joining(memberId, "range").setGroupInstanceId(instanceId), version);
    }

    Answer<SyncGroupResponse> sync(SyncGroupRequest request) {
        return run((to, reply) -> to.syncing().sync(request, reply), error -> new SyncGroupResponse()
                .setErrorCode(error.code()));
    }

    static SyncGroupRequest syncing(JoinGroupResponse joined) {
        return new SyncGroupRequest()
                .setGroupId(GROUP)
                .setMemberId(joined.memberId())
                .setGroupInstanceId(null)
                .setGenerationId(joined.generationId())
                .setProtocolType(joined.protocolType())
                .setProtocolName(joined.protocolName());
    }

    Answer<SyncGroupResponse> sync(JoinGroupResponse joined) {
        return sync(syncing(joined));
    }

    /** The leader's sync, assigning to each member the bytes of its id. */
    Answer<SyncGroupResponse> assign(JoinGroupResponse leader) {
        var assignments = new ArrayList<SyncGroupRequestAssignment>();
        for (var member : leader.members()) {
            assignments.add(new SyncGroupRequestAssignment()
                    .setMemberId(member.memberId())
                    .setAssignment(member.memberId().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        return sync(syncing(leader).setAssignments(assignments));
    }

    /** A Stable group of {@code count} dynamic members; the answers to their last joins, the leader's first. */
    List<JoinGroupResponse> stableGroup(int count) {
        var ids = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            ids.add(newMemberId());
        }
        var first = join(ids.get(0)).get();
        assign(first);
        return rebalance(ids);
    }

    /** Lets all {@code ids} join, and sync; the answers to their joins, the leader's first. */
    List<JoinGroupResponse> rebalance(List<String> ids) {
        var answers = new ArrayList<Answer<JoinGroupResponse>>();
        for (String id : ids) {
            answers.add(join(id));
        }
        var joined = new ArrayList<JoinGroupResponse>();
        for (var answer : answers) {
            joined.add(answer.get());
        }
        joined.sort((a, b) ->
                Boolean.compare(b.memberId().equals(b.leader()), a.memberId().equals(a.leader())));
        assign(joined.get(0));
        joined.subList(1, joined.size()).forEach(this::sync);
        return joined;
    }

    ErrorCode heartbeat(String memberId, int generation) {
        return heartbeat(memberId, null, generation);
    }

    ErrorCode heartbeat(String memberId, String instanceId, int generation) {
        var request = new HeartbeatRequest()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationId(generation);
        return this.<ErrorCode>run(
                        (to, reply) -> {
                            reply.accept(to.presence().heartbeat(request));
                            return Outcome.NOTHING;
                        },
                        error -> error)
                .get();
    }

    LeaveGroupResponse leave(String memberId, String instanceId) {
        var identity = new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId);
        return this.<LeaveGroupResponse>run(
                        (to, reply) -> to.presence().leave(GROUP, List.of(identity), reply),
                        error -> new LeaveGroupResponse().setErrorCode(error.code()))
                .get();
    }

    // ---- offsets

    static OffsetCommitRequest committing(String group, String memberId, int generation, long offset) {
        return new OffsetCommitRequest()
                .setGroupId(group)
                .setMemberId(memberId)
                .setGroupInstanceId(null)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("orders")
                        .setTopicId(TOPIC_ID)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)
                                .setCommittedLeaderEpoch(3)
                                .setCommittedMetadata("here")))));
    }

    Answer<OffsetCommitResponse> commit(OffsetCommitRequest request, int version) {
        return runBeside(
                (to, reply) -> to.offsets().commit(request, new Client("client", "/127.0.0.1", version), reply),
                error -> Offsets.commitFailure(request, error));
    }

    ErrorCode commit(String memberId, int generation, long offset) {
        return errorOf(
                commit(committing(GROUP, memberId, generation, offset), 9).get());
    }

    static ErrorCode errorOf(OffsetCommitResponse response) {
        return ErrorCode.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    OffsetFetchResponseGroup fetchAll(String group) {
        return fetch(new OffsetFetchRequestGroup().setGroupId(group).setTopics(null));
    }

    OffsetFetchResponseGroup fetch(OffsetFetchRequestGroup request) {
        return this.<OffsetFetchResponseGroup>run(
                        (to, reply) -> {
                            reply.accept(to.offsets().fetch(request));
                            return Outcome.NOTHING;
                        },
                        error -> new OffsetFetchResponseGroup().setErrorCode(error.code()))
                .get();
    }

    /** The offset committed for partition 0 of "orders", -1 for none. */
    long committed(String group) {
        return fetch(new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(
                                new OffsetFetchRequestTopics().setName("orders").setPartitionIndexes(List.of(0)))))
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .committedOffset();
    }

    OffsetDeleteResponse delete(OffsetDeleteRequest request) {
        return this.<OffsetDeleteResponse>run(
                        (to, reply) -> to.offsets().delete(request, reply),
                        error -> new OffsetDeleteResponse().setErrorCode(error.code()))
                .get();
    }

    void topicDeleted(String topic, Uuid id) {
        this.<Boolean>run((to, reply) -> to.offsets().topicDeleted(topic, id), error -> false);
    }

    // ---- groups

    DescribedGroup describe(String group, int version) {
        return this.<DescribedGroup>run(
                        (to, reply) -> {
                            reply.accept(to.queries().describe(group, version));
                            return Outcome.NOTHING;
                        },
                        error -> new DescribedGroup().setErrorCode(error.code()))
                .get();
    }

    String state() {
        return describe(GROUP, 5).groupState();
    }

    List<ListedGroup> list(List<String> states, List<String> types) {
        return this.<List<ListedGroup>>run(
                        (to, reply) -> {
                            reply.accept(to.queries().list(states, types));
                            return Outcome.NOTHING;
                        },
                        error -> List.of())
                .get();
    }

    ErrorCode deleteGroup(String group) {
        var results = this.<List<DeletableGroupResult>>run(
                        (to, reply) -> to.delete(List.of(group), reply), error -> List.of())
                .get();
        return ErrorCode.forCode(results.get(0).errorCode());
    }

    /** Everything a restart must bring back. */
    Map<String, Object> durableState() {
        var groups = new java.util.TreeMap<String, Object>();
        for (var listed : list(List.of(), List.of())) {
            groups.put(listed.groupId(), List.of(describe(listed.groupId(), 5), sorted(fetchAll(listed.groupId()))));
        }
        return groups;
    }

    private static String sorted(OffsetFetchResponseGroup offsets) {
        return offsets.topics().stream()
                .map(topic -> topic.name() + topic.partitions())
                .sorted()
                .toList()
                .toString();
    }
}
