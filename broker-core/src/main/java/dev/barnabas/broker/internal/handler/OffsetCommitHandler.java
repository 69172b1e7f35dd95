package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.Client;
import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.OffsetCommitRequest;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.barnabas.protocol.message.OffsetCommitResponse;
import dev.barnabas.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.barnabas.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OffsetCommit 0-10: stores where a group is. Versions 2-4 name their own retention, 6 the leader epoch (KIP-320), 7
 * static members (KIP-345), 10 topics by id (KIP-848). Answered when the offsets are committed; what does not exist is
 * refused partition by partition.
 */
public final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequest> {

    private static final int FIRST_VERSION_WITH_TOPIC_IDS = 10;

    private final GroupCoordinator groups;
    private final MetadataCache metadata;

    public OffsetCommitHandler(GroupCoordinator groups, MetadataCache metadata) {
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public void handle(OffsetCommitRequest request, RequestContext context) {
        var refused = new OffsetCommitResponse();
        var accepted = split(request, context.version() >= FIRST_VERSION_WITH_TOPIC_IDS, refused);
        if (accepted.isEmpty()) {
            context.respond(refused);
            return;
        }
        var checked = new OffsetCommitRequest()
                .setGroupId(request.groupId())
                .setMemberId(request.memberId())
                .setGroupInstanceId(request.groupInstanceId())
                .setGenerationIdOrMemberEpoch(request.generationIdOrMemberEpoch())
                .setRetentionTimeMs(request.retentionTimeMs())
                .setTopics(accepted);
        groups.commit(checked, Client.of(context), response -> context.respond(merge(refused, response)));
    }

    /** The topics and partitions that exist; the others go into {@code refused}. */
    private List<OffsetCommitRequestTopic> split(
            OffsetCommitRequest request, boolean byId, OffsetCommitResponse refused) {
        var image = metadata.image();
        var accepted = new ArrayList<OffsetCommitRequestTopic>(request.topics().size());
        for (var topic : request.topics()) {
            TopicImage known = find(image, topic, byId);
            if (known == null) {
                var error = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
                topic.partitions().forEach(partition -> refuse(refused, topic, partition, error));
                continue;
            }
            topic.setName(known.name()).setTopicId(known.id());
            var existing = new ArrayList<OffsetCommitRequestPartition>(
                    topic.partitions().size());
            for (var partition : topic.partitions()) {
                if (known.partition(partition.partitionIndex()) != null) {
                    existing.add(partition);
                } else {
                    refuse(refused, topic, partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!existing.isEmpty()) {
                accepted.add(new OffsetCommitRequestTopic()
                        .setName(known.name())
                        .setTopicId(known.id())
                        .setPartitions(existing));
            }
        }
        return accepted;
    }

    private static @Nullable TopicImage find(MetadataImage image, OffsetCommitRequestTopic topic, boolean byId) {
        return byId ? image.topic(topic.topicId()) : image.topic(topic.name());
    }

    private static void refuse(
            OffsetCommitResponse response,
            OffsetCommitRequestTopic topic,
            OffsetCommitRequestPartition partition,
            ErrorCode error) {
        resultOf(response, new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId()))
                .partitions()
                .add(new OffsetCommitResponsePartition()
                        .setPartitionIndex(partition.partitionIndex())
                        .setErrorCode(error.code()));
    }

    private static OffsetCommitResponse merge(OffsetCommitResponse refused, OffsetCommitResponse committed) {
        if (refused.topics().isEmpty()) {
            return committed;
        }
        for (var topic : committed.topics()) {
            var empty = new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            resultOf(refused, empty).partitions().addAll(topic.partitions());
        }
        return refused;
    }

    /** The result in {@code response} for the topic of {@code empty}, which is added if there is none yet. */
    private static OffsetCommitResponseTopic resultOf(OffsetCommitResponse response, OffsetCommitResponseTopic empty) {
        for (var topic : response.topics()) {
            if (topic.name().equals(empty.name()) && topic.topicId().equals(empty.topicId())) {
                return topic;
            }
        }
        response.topics().add(empty);
        return empty;
    }

    @Override
    public OffsetCommitResponse failed(OffsetCommitRequest request, int version, ApiException error) {
        var response = new OffsetCommitResponse();
        for (var topic : request.topics()) {
            topic.partitions().forEach(partition -> refuse(response, topic, partition, error.error()));
        }
        return response;
    }
}
