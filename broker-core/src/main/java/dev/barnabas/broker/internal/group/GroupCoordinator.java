package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.partition.Partition;
import dev.barnabas.broker.internal.partition.Partitions;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import dev.barnabas.protocol.message.DescribeGroupsResponse.DescribedGroup;
import dev.barnabas.protocol.message.HeartbeatRequest;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.LeaveGroupRequest.MemberIdentity;
import dev.barnabas.protocol.message.LeaveGroupResponse;
import dev.barnabas.protocol.message.ListGroupsResponse.ListedGroup;
import dev.barnabas.protocol.message.OffsetCommitRequest;
import dev.barnabas.protocol.message.OffsetCommitResponse;
import dev.barnabas.protocol.message.OffsetDeleteRequest;
import dev.barnabas.protocol.message.OffsetDeleteResponse;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.barnabas.protocol.message.SyncGroupRequest;
import dev.barnabas.protocol.message.SyncGroupResponse;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The way to groups: finds the shard that holds a group and lets it work on its own lane. Any thread; answers come on
 * the shard's lane, or at once if this broker is not the group's coordinator.
 *
 * <p>A shard is made when its partition is first asked for, and begins by reading it; whatever is asked meanwhile waits
 * behind that.
 */
public final class GroupCoordinator {

    private final Timers timers;
    private final Clock clock;
    private final Partitions partitions;
    private final MetadataCache metadata;
    private final GroupSettings settings;
    private final GroupMemory memory;
    private final Supplier<Uuid> uuids;
    private final ByteBufAllocator allocator;
    private final Map<Integer, Hosted> shards = new ConcurrentHashMap<>();

    GroupCoordinator(
            Timers timers,
            Clock clock,
            Partitions partitions,
            MetadataCache metadata,
            GroupSettings settings,
            GroupMemory memory,
            Supplier<Uuid> uuids,
            ByteBufAllocator allocator) {
        this.timers = timers;
        this.clock = clock;
        this.partitions = partitions;
        this.metadata = metadata;
        this.settings = settings;
        this.memory = memory;
        this.uuids = uuids;
        this.allocator = allocator;
    }

    /** A shard and the partition it was made for. */
    private record Hosted(Partition partition, GroupShard shard) {}

    /** The partition of {@code __consumer_offsets} that {@code groupId} belongs to: Kafka's own placement. */
    public int partitionFor(String groupId) {
        var topic = metadata.image().topic(InternalTopics.CONSUMER_OFFSETS);
        int count = topic == null
                ? settings.offsetsTopicPartitions()
                : topic.partitions().size();
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % count;
    }

    /** Whether a member may ask for a session of {@code sessionTimeoutMs}. */
    public boolean allowsSession(int sessionTimeoutMs) {
        return sessionTimeoutMs >= settings.sessionTimeoutMinMs() && sessionTimeoutMs <= settings.sessionTimeoutMaxMs();
    }

    /** @param onTaken runs on the group's lane, once what the member said of itself is the group's, and bounded there */
    public void join(JoinGroupRequest request, Client client, Runnable onTaken, Consumer<JoinGroupResponse> reply) {
        run(
                request.groupId(),
                shard -> {
                    var outcome = shard.joining().join(request, client, reply);
                    onTaken.run();
                    return outcome;
                },
                error -> reply.accept(Joining.failure(request.memberId(), error)));
    }

    /** @param onTaken runs on the group's lane, if the answer is to wait for another member: nothing is held meanwhile */
    public void sync(SyncGroupRequest request, Runnable onTaken, Consumer<SyncGroupResponse> reply) {
        run(
                request.groupId(),
                shard -> {
                    var outcome = shard.syncing().sync(request, reply);
                    if (request.assignments().isEmpty()) {
                        onTaken.run();
                    }
                    return outcome;
                },
                error -> reply.accept(Syncing.failure(error)));
    }

    public void heartbeat(HeartbeatRequest request, Consumer<ErrorCode> reply) {
        runBeside(
                request.groupId(),
                shard -> {
                    reply.accept(shard.presence().heartbeat(request));
                    return Outcome.NOTHING;
                },
                reply);
    }

    public void leave(String groupId, List<MemberIdentity> members, Consumer<LeaveGroupResponse> reply) {
        run(
                groupId,
                shard -> shard.presence().leave(groupId, members, reply),
                error -> reply.accept(new LeaveGroupResponse().setErrorCode(error.code())));
    }

    /** @param request topics by name, ids set where known, all of them existing */
    public void commit(OffsetCommitRequest request, Client client, Consumer<OffsetCommitResponse> reply) {
        runBeside(
                request.groupId(),
                shard -> shard.offsets().commit(request, client, reply),
                error -> reply.accept(Offsets.commitFailure(request, error)));
    }

    /** @param request topics by name, ids set where known */
    public void fetch(OffsetFetchRequestGroup request, Consumer<OffsetFetchResponseGroup> reply) {
        run(
                request.groupId(),
                shard -> {
                    reply.accept(shard.offsets().fetch(request));
                    return Outcome.NOTHING;
                },
                error -> reply.accept(new OffsetFetchResponseGroup()
                        .setGroupId(request.groupId())
                        .setErrorCode(error.code())));
    }

    /** @param request existing topics and partitions */
    public void deleteOffsets(OffsetDeleteRequest request, Consumer<OffsetDeleteResponse> reply) {
        run(
                request.groupId(),
                shard -> shard.offsets().delete(request, reply),
                error -> reply.accept(new OffsetDeleteResponse().setErrorCode(error.code())));
    }

    public CompletionStage<DescribedGroup> describe(String groupId, int version) {
        var described = new CompletableFuture<DescribedGroup>();
        run(
                groupId,
                shard -> {
                    described.complete(shard.queries().describe(groupId, version));
                    return Outcome.NOTHING;
                },
                error -> described.complete(
                        new DescribedGroup().setGroupId(groupId).setErrorCode(error.code())));
        return described;
    }

    public CompletionStage<DeletableGroupResult> delete(String groupId) {
        var deleted = new CompletableFuture<DeletableGroupResult>();
        run(
                groupId,
                shard -> shard.delete(List.of(groupId), results -> deleted.complete(results.get(0))),
                error -> deleted.complete(
                        new DeletableGroupResult().setGroupId(groupId).setErrorCode(error.code())));
        return deleted;
    }

    /** The groups of all shards that pass both filters; empty ones pass all. */
    public CompletionStage<List<ListedGroup>> list(List<String> states, List<String> types) {
        openStored();
        return GroupCoordinator.<List<ListedGroup>>onAll(hostedShards(), (shard, done) -> {
                    done.complete(shard.queries().list(states, types));
                    return Outcome.NOTHING;
                })
                .thenApply(lists -> lists.stream().flatMap(List::stream).toList());
    }

    /** Ends the offsets committed for a topic that is no more; completes when that is committed. */
    CompletionStage<Void> topicDeleted(String topic, dev.barnabas.protocol.Uuid id) {
        return GroupCoordinator.<Boolean>onAll(
                        hostedShards(),
                        (shard, done) -> shard.offsets().topicDeleted(topic, id).andThen(error -> done.complete(true)))
                .thenApply(all -> null);
    }

    /** Lets {@code each} run on every one of {@code shards}; what a shard refuses to give is left out. */
    private static <T> CompletionStage<List<T>> onAll(
            Collection<GroupShard> shards, BiFunction<GroupShard, CompletableFuture<T>, Outcome> each) {
        var futures = new ArrayList<CompletableFuture<T>>(shards.size());
        for (var shard : shards) {
            var done = new CompletableFuture<T>();
            futures.add(done);
            shard.lane().execute(() -> shard.run(() -> each.apply(shard, done), error -> done.complete(null)));
        }
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    var results = new ArrayList<T>(futures.size());
                    for (var future : futures) {
                        T result = future.join();
                        if (result != null) {
                            results.add(result);
                        }
                    }
                    return results;
                });
    }

    private void run(String groupId, Function<GroupShard, Outcome> operation, Consumer<ErrorCode> refused) {
        onShardOf(groupId, refused, shard -> shard.run(() -> operation.apply(shard), refused));
    }

    private void runBeside(String groupId, Function<GroupShard, Outcome> operation, Consumer<ErrorCode> refused) {
        onShardOf(groupId, refused, shard -> shard.runBeside(() -> operation.apply(shard), refused));
    }

    private void onShardOf(String groupId, Consumer<ErrorCode> refused, Consumer<GroupShard> task) {
        GroupShard shard;
        try {
            shard = shard(partitionFor(groupId));
        } catch (ApiException e) {
            refused.accept(ErrorCode.NOT_COORDINATOR);
            return;
        }
        shard.lane().execute(() -> task.accept(shard));
    }

    private GroupShard shard(int index) {
        var partition = partitions.leader(new TopicPartition(InternalTopics.CONSUMER_OFFSETS, index));
        var hosted = shards.get(index);
        return hosted != null && hosted.partition == partition ? hosted.shard : open(index, partition);
    }

    private synchronized GroupShard open(int index, Partition partition) {
        var hosted = shards.get(index);
        if (hosted != null && hosted.partition == partition) {
            return hosted.shard;
        }
        var records = new PartitionGroupLog(partition, clock, settings, allocator);
        var shard = new GroupShard(index, partition.lane(), records, clock, timers, settings, memory, uuids);
        shard.lane().execute(shard::load);
        shards.put(index, new Hosted(partition, shard));
        if (hosted != null) {
            close(hosted.shard);
        }
        return shard;
    }

    private static void close(GroupShard shard) {
        shard.lane().execute(shard::close);
    }

    /** Opens the shards of the partitions that have records, so that their members' sessions run. */
    void openStored() {
        for (var partition : partitions.all()) {
            var id = partition.topicPartition();
            if (id.topic().equals(InternalTopics.CONSUMER_OFFSETS)
                    && partition.isLeader()
                    && partition.log().logEndOffset() > partition.log().logStartOffset()) {
                open(id.partition(), partition);
            }
        }
    }

    private Collection<GroupShard> hostedShards() {
        return shards.values().stream().map(Hosted::shard).toList();
    }

    /** Closes the shards whose partitions this broker has no more. */
    synchronized void closeLost() {
        shards.forEach((index, hosted) -> {
            if (partitions.find(hosted.partition.topicPartition()) != hosted.partition) {
                shards.remove(index);
                close(hosted.shard);
            }
        });
    }

    synchronized void close() {
        shards.values().forEach(hosted -> close(hosted.shard));
        shards.clear();
    }
}
