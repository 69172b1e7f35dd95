package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.OffsetCommitRequest;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.barnabas.protocol.message.OffsetCommitResponse;
import dev.barnabas.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.barnabas.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import dev.barnabas.protocol.message.OffsetDeleteRequest;
import dev.barnabas.protocol.message.OffsetDeleteResponse;
import dev.barnabas.protocol.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import dev.barnabas.protocol.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * OffsetCommit, OffsetFetch and OffsetDelete, and the expiry of offsets. Lane only. Topics and partitions were checked
 * against the metadata before: here they have names, and ids where known.
 *
 * <p>An offset lives {@code offsets.retention.minutes} from the moment its group became Empty; in a Stable group of
 * consumers, from its commit, if no member reads the topic any more; in a simple group, from its commit.
 */
final class Offsets {

    private static final int FIRST_VERSION_WITH_GROUP_ID_NOT_FOUND = 9;
    private static final long NO_RETENTION = -1;
    private static final long NO_OFFSET = -1;

    private final OffsetStore store;
    private final Groups groups;
    private final Rebalancing rebalancing;
    private final GroupTimers timers;
    private final GroupSettings settings;
    private final ShardMemory memory;

    Offsets(
            OffsetStore store,
            Groups groups,
            Rebalancing rebalancing,
            GroupTimers timers,
            GroupSettings settings,
            ShardMemory memory) {
        this.store = store;
        this.groups = groups;
        this.rebalancing = rebalancing;
        this.timers = timers;
        this.settings = settings;
        this.memory = memory;
    }

    /** Every partition of {@code request} with the same error. */
    static OffsetCommitResponse commitFailure(OffsetCommitRequest request, ErrorCode error) {
        var response = new OffsetCommitResponse();
        for (var topic : request.topics()) {
            var result = resultFor(topic);
            response.topics().add(result);
            for (var partition : topic.partitions()) {
                result.partitions().add(resultFor(partition, error));
            }
        }
        return response;
    }

    private static OffsetCommitResponseTopic resultFor(OffsetCommitRequestTopic topic) {
        return new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
    }

    private static OffsetCommitResponsePartition resultFor(OffsetCommitRequestPartition partition, ErrorCode error) {
        return new OffsetCommitResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(error.code());
    }

    Outcome commit(OffsetCommitRequest request, Client client, Consumer<OffsetCommitResponse> reply) {
        try {
            checkCommit(request, client);
        } catch (ApiException e) {
            reply.accept(commitFailure(request, e.error()));
            return Outcome.NOTHING;
        }
        var commit = new Commit(request);
        var response = new OffsetCommitResponse();
        for (var topic : request.topics()) {
            var result = resultFor(topic);
            response.topics().add(result);
            for (var partition : topic.partitions()) {
                result.partitions().add(resultFor(partition, commit.add(topic, partition)));
            }
        }
        return new Outcome(commit.records, error -> {
            memory.release(commit.growth);
            reply.accept(error == ErrorCode.NONE ? response : commitFailure(request, StorageErrors.ofGroup(error)));
        });
    }

    /** One request's offsets, as far as there is room for them. */
    private final class Commit {
        private final String groupId;
        private final long nowMs = timers.wallMs();
        private final long expireMs;
        private final List<GroupRecord> records = new ArrayList<>();
        private int room;
        /** Bytes reserved until the records are applied. */
        private long growth;

        Commit(OffsetCommitRequest request) {
            groupId = request.groupId();
            long retentionMs = request.retentionTimeMs();
            expireMs = retentionMs == NO_RETENTION ? CommittedOffset.NO_EXPIRY : nowMs + retentionMs;
            room = settings.offsetsMax() - store.count(groupId);
        }

        ErrorCode add(OffsetCommitRequestTopic topic, OffsetCommitRequestPartition partition) {
            String metadata = partition.committedMetadata();
            if (metadata != null && metadata.length() > settings.offsetMetadataCharsMax()) {
                return ErrorCode.OFFSET_METADATA_TOO_LARGE;
            }
            int index = partition.partitionIndex();
            var before = store.get(groupId, topic.name(), index);
            var offset = committed(partition, topic.topicId(), nowMs, expireMs);
            if (before == null && room-- <= 0 || !reserve(topic.name(), before, offset)) {
                return ErrorCode.INVALID_COMMIT_OFFSET_SIZE;
            }
            records.add(new GroupRecord.Offset(groupId, topic.name(), index, offset));
            return ErrorCode.NONE;
        }

        private boolean reserve(String topic, @Nullable CommittedOffset before, CommittedOffset offset) {
            long more = OffsetStore.bytes(topic, offset) - OffsetStore.bytes(topic, before);
            if (records.isEmpty() && groups.find(groupId) == null) {
                more += ClassicGroup.bytes(groupId);
            }
            boolean fits = memory.reserve(more, groupId);
            growth += fits ? Math.max(more, 0) : 0;
            return fits;
        }
    }

    private static CommittedOffset committed(
            OffsetCommitRequestPartition partition, Uuid topicId, long nowMs, long expireMs) {
        String metadata = partition.committedMetadata();
        return new CommittedOffset(
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                metadata == null ? "" : metadata,
                partition.commitTimestamp() == -1 ? nowMs : partition.commitTimestamp(),
                expireMs,
                topicId);
    }

    /** Who may commit: members of the present generation, and whoever is no member at all while there are none. */
    private void checkCommit(OffsetCommitRequest request, Client client) {
        int generation = request.generationIdOrMemberEpoch();
        var group = groups.find(request.groupId());
        if (group == null) {
            checkCommitToNewGroup(request.groupId(), generation, client.version());
            return;
        }
        if (generation < 0 && group.is(GroupState.EMPTY)) {
            return;
        }
        if (generation < 0 && request.memberId().isEmpty() && request.groupInstanceId() == null) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_MEMBER_ID, "group: " + group.id() + " has members (expected: a commit by one)");
        }
        var member = group.require(request.memberId(), request.groupInstanceId());
        group.requireGeneration(generation);
        switch (group.state()) {
            case COMPLETING_REBALANCE ->
                throw new ApiException(ErrorCode.REBALANCE_IN_PROGRESS, "group: " + group.id() + " is rebalancing");
            case STABLE, PREPARING_REBALANCE -> rebalancing.keepAlive(group, member);
            case EMPTY, DEAD -> {}
        }
    }

    private void checkCommitToNewGroup(String groupId, int generation, int version) {
        if (generation >= 0) {
            throw new ApiException(
                    version >= FIRST_VERSION_WITH_GROUP_ID_NOT_FOUND
                            ? ErrorCode.GROUP_ID_NOT_FOUND
                            : ErrorCode.ILLEGAL_GENERATION,
                    "group: " + groupId + " does not exist");
        }
        if (groups.size() >= settings.groupsMax()) {
            throw new ApiException(ErrorCode.GROUP_MAX_SIZE_REACHED, "groups: too many");
        }
    }

    /** The offsets asked for, or all if no topics are named; -1 for what was never committed. */
    OffsetFetchResponseGroup fetch(OffsetFetchRequestGroup request) {
        var response = new OffsetFetchResponseGroup().setGroupId(request.groupId());
        if (request.topics() == null) {
            store.of(request.groupId()).forEach((topic, offsets) -> {
                var result = new OffsetFetchResponseTopics().setName(topic);
                offsets.forEach((partition, offset) -> result.partitions().add(found(partition, offset)));
                response.topics().add(result);
            });
            return response;
        }
        for (var topic : request.topics()) {
            var result = new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
            for (int partition : topic.partitionIndexes()) {
                var offset = store.get(request.groupId(), topic.name(), partition);
                boolean known = offset != null && !offset.isOfOtherTopic(topic.topicId());
                result.partitions().add(found(partition, known ? offset : null));
            }
            response.topics().add(result);
        }
        return response;
    }

    private static OffsetFetchResponsePartitions found(int partition, @Nullable CommittedOffset offset) {
        return offset == null
                ? new OffsetFetchResponsePartitions()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(NO_OFFSET)
                        .setMetadata("")
                : new OffsetFetchResponsePartitions()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(offset.offset())
                        .setCommittedLeaderEpoch(offset.leaderEpoch())
                        .setMetadata(offset.metadata());
    }

    Outcome delete(OffsetDeleteRequest request, Consumer<OffsetDeleteResponse> reply) {
        var group = groups.find(request.groupId());
        var error = group == null
                ? ErrorCode.GROUP_ID_NOT_FOUND
                : group.is(GroupState.EMPTY) || group.usesConsumerProtocol()
                        ? ErrorCode.NONE
                        : ErrorCode.NON_EMPTY_GROUP;
        if (group == null || error != ErrorCode.NONE) {
            reply.accept(new OffsetDeleteResponse().setErrorCode(error.code()));
            return Outcome.NOTHING;
        }
        var records = new ArrayList<GroupRecord>();
        var response = new OffsetDeleteResponse();
        for (var topic : request.topics()) {
            boolean subscribed = group.isSubscribedTo(topic.name());
            var result = new OffsetDeleteResponseTopic().setName(topic.name());
            for (var partition : topic.partitions()) {
                int index = partition.partitionIndex();
                if (!subscribed && store.get(group.id(), topic.name(), index) != null) {
                    records.add(new GroupRecord.Offset(group.id(), topic.name(), index, null));
                }
                result.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(index)
                                .setErrorCode(
                                        (subscribed ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE).code()));
            }
            response.topics().add(result);
        }
        return new Outcome(
                records,
                failure -> reply.accept(
                        failure == ErrorCode.NONE
                                ? response
                                : new OffsetDeleteResponse()
                                        .setErrorCode(
                                                StorageErrors.ofGroup(failure).code())));
    }

    /** The tombstones that end all offsets of {@code group}. */
    List<GroupRecord> tombstones(String group) {
        var records = new ArrayList<GroupRecord>();
        store.of(group).forEach((topic, offsets) -> offsets.keySet()
                .forEach(partition -> records.add(new GroupRecord.Offset(group, topic, partition, null))));
        return records;
    }

    /** A topic was deleted: ends the offsets committed for it, of whichever group. */
    Outcome topicDeleted(String topic, Uuid id) {
        var records = new ArrayList<GroupRecord>();
        for (String group : store.groups()) {
            var offsets = store.of(group).get(topic);
            if (offsets != null) {
                offsets.forEach((partition, offset) -> {
                    if (!offset.isOfOtherTopic(id)) {
                        records.add(new GroupRecord.Offset(group, topic, partition, null));
                    }
                });
            }
        }
        return new Outcome(records, error -> {});
    }

    /** Ends the offsets that have lived long enough, and the Empty groups that have none left. */
    Outcome expire() {
        var records = new ArrayList<GroupRecord>();
        for (var group : groups.all()) {
            if (expire(group, records) && group.is(GroupState.EMPTY) && group.pendingJoins() == 0) {
                records.add(new GroupRecord.Metadata(group.id(), null));
            }
        }
        return new Outcome(records, error -> {});
    }

    /** Returns whether the group has no offset left. */
    private boolean expire(ClassicGroup group, List<GroupRecord> records) {
        boolean expires = group.protocolType() == null
                || group.is(GroupState.EMPTY)
                || group.is(GroupState.STABLE) && group.usesConsumerProtocol() && group.knowsSubscriptions();
        long nowMs = timers.wallMs();
        int kept = store.count(group.id());
        if (!expires || kept == 0) {
            return kept == 0;
        }
        boolean sinceEmpty = group.protocolType() != null && group.is(GroupState.EMPTY) && group.stateSinceMs() >= 0;
        long retentionMs = settings.offsetsRetentionMs();
        for (var ofTopic : store.of(group.id()).entrySet()) {
            if (group.isSubscribedTo(ofTopic.getKey())) {
                continue;
            }
            for (var entry : ofTopic.getValue().entrySet()) {
                var offset = entry.getValue();
                if (offset.isExpired(nowMs, sinceEmpty ? group.stateSinceMs() : offset.commitMs(), retentionMs)) {
                    records.add(new GroupRecord.Offset(group.id(), ofTopic.getKey(), entry.getKey(), null));
                    kept--;
                }
            }
        }
        return kept == 0;
    }
}
