package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.group.GroupCoordinator;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.OffsetDeleteRequest;
import dev.barnabas.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.barnabas.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.barnabas.protocol.message.OffsetDeleteResponse;
import dev.barnabas.protocol.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import dev.barnabas.protocol.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import java.util.ArrayList;

/**
 * OffsetDelete 0: removes committed offsets of topics that no member of the group reads (KIP-496); others are refused
 * with GROUP_SUBSCRIBED_TO_TOPIC.
 */
public final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequest> {

    private final GroupCoordinator groups;
    private final MetadataCache metadata;

    public OffsetDeleteHandler(GroupCoordinator groups, MetadataCache metadata) {
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public void handle(OffsetDeleteRequest request, RequestContext context) {
        if (request.groupId().isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_GROUP_ID, "group.id: \"\" (expected: a name)");
        }
        var refused = new OffsetDeleteResponse();
        var accepted = new ArrayList<OffsetDeleteRequestTopic>(request.topics().size());
        var image = metadata.image();
        for (var topic : request.topics()) {
            var known = image.topic(topic.name());
            var existing = new ArrayList<OffsetDeleteRequestPartition>(
                    topic.partitions().size());
            for (var partition : topic.partitions()) {
                if (known != null && known.partition(partition.partitionIndex()) != null) {
                    existing.add(partition);
                } else {
                    resultOf(refused, topic.name()).partitions().add(unknown(partition));
                }
            }
            if (!existing.isEmpty()) {
                accepted.add(
                        new OffsetDeleteRequestTopic().setName(topic.name()).setPartitions(existing));
            }
        }
        var checked = new OffsetDeleteRequest().setGroupId(request.groupId()).setTopics(accepted);
        groups.deleteOffsets(checked, response -> context.respond(merge(refused, response)));
    }

    private static OffsetDeleteResponsePartition unknown(OffsetDeleteRequestPartition partition) {
        return new OffsetDeleteResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private static OffsetDeleteResponse merge(OffsetDeleteResponse refused, OffsetDeleteResponse deleted) {
        if (deleted.errorCode() != ErrorCode.NONE.code()) {
            return deleted;
        }
        for (var topic : deleted.topics()) {
            resultOf(refused, topic.name()).partitions().addAll(topic.partitions());
        }
        return refused;
    }

    private static OffsetDeleteResponseTopic resultOf(OffsetDeleteResponse response, String name) {
        for (var topic : response.topics()) {
            if (topic.name().equals(name)) {
                return topic;
            }
        }
        var result = new OffsetDeleteResponseTopic().setName(name);
        response.topics().add(result);
        return result;
    }

    @Override
    public OffsetDeleteResponse failed(OffsetDeleteRequest request, int version, ApiException error) {
        return new OffsetDeleteResponse().setErrorCode(error.error().code());
    }
}
