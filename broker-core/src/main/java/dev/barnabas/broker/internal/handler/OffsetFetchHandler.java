package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.OffsetFetchRequest;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.barnabas.protocol.message.OffsetFetchResponse;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import dev.barnabas.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * OffsetFetch 0-10: where groups are. Version 2 has an error of its own and can ask for all topics, 5 tells leader
 * epochs (KIP-320), 7 can insist on decided transactions (KIP-447), 8 asks for many groups (KIP-709), 10 names topics by
 * id (KIP-848). What was never committed is at offset -1, without an error.
 */
public final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequest> {

    private static final int FIRST_VERSION_WITH_GROUP_ERROR = 2;
    private static final int FIRST_BATCHED_VERSION = 8;
    private static final int FIRST_VERSION_WITH_TOPIC_IDS = 10;
    private static final long NO_OFFSET = -1;

    private final GroupCoordinator groups;
    private final MetadataCache metadata;

    public OffsetFetchHandler(GroupCoordinator groups, MetadataCache metadata) {
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public void handle(OffsetFetchRequest request, RequestContext context) {
        int version = context.version();
        if (version >= FIRST_BATCHED_VERSION) {
            boolean byId = version >= FIRST_VERSION_WITH_TOPIC_IDS;
            Stages.all(request.groups(), group -> byId ? fetchById(group) : fetch(group))
                    .thenAccept(answered -> context.respond(new OffsetFetchResponse().setGroups(answered)));
            return;
        }
        var group = soleGroup(request);
        fetch(group).thenAccept(answered -> context.respond(unbatched(group, answered, version)));
    }

    /** The request's group in the form of the newer versions. */
    private static OffsetFetchRequestGroup soleGroup(OffsetFetchRequest request) {
        var group = new OffsetFetchRequestGroup().setGroupId(request.groupId());
        if (request.topics() == null) {
            return group.setTopics(null);
        }
        var topics = new ArrayList<OffsetFetchRequestTopics>(request.topics().size());
        for (var topic : request.topics()) {
            topics.add(
                    new OffsetFetchRequestTopics().setName(topic.name()).setPartitionIndexes(topic.partitionIndexes()));
        }
        return group.setTopics(topics);
    }

    private CompletionStage<OffsetFetchResponseGroup> fetch(OffsetFetchRequestGroup group) {
        var answer = new CompletableFuture<OffsetFetchResponseGroup>();
        groups.fetch(group, answer::complete);
        return answer;
    }

    /** Topics whose id is unknown are answered here, and left out of the answer for all topics. */
    private CompletionStage<OffsetFetchResponseGroup> fetchById(OffsetFetchRequestGroup group) {
        var image = metadata.image();
        if (group.topics() == null) {
            return fetch(group).thenApply(answer -> {
                answer.topics().removeIf(topic -> image.topic(topic.name()) == null);
                answer.topics().forEach(topic -> {
                    var known = image.topic(topic.name());
                    topic.setTopicId(known == null ? Uuid.ZERO : known.id());
                });
                return answer;
            });
        }
        var known = new ArrayList<OffsetFetchRequestTopics>(group.topics().size());
        var unknown = new ArrayList<OffsetFetchResponseTopics>();
        for (var topic : group.topics()) {
            var found = image.topic(topic.topicId());
            if (found == null) {
                unknown.add(refuse(topic, ErrorCode.UNKNOWN_TOPIC_ID));
            } else {
                known.add(topic.setName(found.name()));
            }
        }
        return fetch(group.setTopics(known)).thenApply(answer -> {
            if (answer.errorCode() == ErrorCode.NONE.code()) {
                answer.topics().addAll(unknown);
            }
            return answer;
        });
    }

    private static OffsetFetchResponseTopics refuse(OffsetFetchRequestTopics topic, ErrorCode error) {
        var result = new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
        for (int partition : topic.partitionIndexes()) {
            result.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .setPartitionIndex(partition)
                            .setCommittedOffset(NO_OFFSET)
                            .setMetadata("")
                            .setErrorCode(error.code()));
        }
        return result;
    }

    /** The answer in the form of versions 0-7; where those have no error of the group's, every partition has it. */
    private static OffsetFetchResponse unbatched(
            OffsetFetchRequestGroup asked, OffsetFetchResponseGroup answer, int version) {
        var response = new OffsetFetchResponse().setErrorCode(answer.errorCode());
        var topics = answer.topics();
        if (answer.errorCode() != ErrorCode.NONE.code() && version < FIRST_VERSION_WITH_GROUP_ERROR) {
            var error = ErrorCode.forCode(answer.errorCode());
            topics = asked.topics() == null
                    ? List.of()
                    : asked.topics().stream().map(topic -> refuse(topic, error)).toList();
        }
        for (var topic : topics) {
            var result = new OffsetFetchResponseTopic().setName(topic.name());
            for (var partition : topic.partitions()) {
                result.partitions()
                        .add(new OffsetFetchResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setCommittedOffset(partition.committedOffset())
                                .setCommittedLeaderEpoch(version >= 5 ? partition.committedLeaderEpoch() : -1)
                                .setMetadata(partition.metadata())
                                .setErrorCode(partition.errorCode()));
            }
            response.topics().add(result);
        }
        return response;
    }

    @Override
    public OffsetFetchResponse failed(OffsetFetchRequest request, int version, ApiException error) {
        short code = error.error().code();
        if (version < FIRST_BATCHED_VERSION) {
            return unbatched(soleGroup(request), new OffsetFetchResponseGroup().setErrorCode(code), version);
        }
        var response = new OffsetFetchResponse();
        request.groups().forEach(group -> response.groups()
                .add(new OffsetFetchResponseGroup().setGroupId(group.groupId()).setErrorCode(code)));
        return response;
    }
}
