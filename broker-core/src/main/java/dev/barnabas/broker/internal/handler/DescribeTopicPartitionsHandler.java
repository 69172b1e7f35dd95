package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.metadata.TopicNames;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.DescribeTopicPartitionsRequest;
import dev.barnabas.protocol.message.DescribeTopicPartitionsResponse;
import dev.barnabas.protocol.message.DescribeTopicPartitionsResponse.Cursor;
import dev.barnabas.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import dev.barnabas.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * {@code DescribeTopicPartitions} 0: topics page by page, in the order of their names (KIP-966). A page holds at most as
 * many partitions as the request and {@code max.request.partition.size.limit} allow, and says where the next one begins.
 */
public final class DescribeTopicPartitionsHandler implements ApiHandler<DescribeTopicPartitionsRequest> {

    private final MetadataCache metadata;
    private final Configs configs;

    public DescribeTopicPartitionsHandler(MetadataCache metadata, Configs configs) {
        this.metadata = metadata;
        this.configs = configs;
    }

    @Override
    public void handle(DescribeTopicPartitionsRequest request, RequestContext context) {
        MetadataImage image = metadata.image();
        var cursor = request.cursor();
        String first = cursor == null ? "" : cursor.topicName();
        int firstPartition = cursor == null ? 0 : cursor.partitionIndex();
        boolean all = request.topics().isEmpty();
        TreeSet<String> names = names(image, request);
        if (cursor != null) {
            check(first, firstPartition, all, names);
        }
        var response = new DescribeTopicPartitionsResponse();
        int left = partitionsMax(request);
        for (String name : names.tailSet(first)) {
            if (left == 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
                break;
            }
            TopicImage topic = image.topic(name);
            if (topic == null) {
                response.topics().add(unknown(name));
                continue;
            }
            int from = name.equals(first) ? firstPartition : 0;
            int to = (int) Math.min(topic.partitions().size(), (long) from + left);
            response.topics().add(describe(image, topic, from, to, context));
            if (to < topic.partitions().size()) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
                break;
            }
            left -= Math.max(0, to - from);
        }
        context.respond(response);
    }

    private static TreeSet<String> names(MetadataImage image, DescribeTopicPartitionsRequest request) {
        var names = new TreeSet<String>();
        if (request.topics().isEmpty()) {
            image.topics().forEach(topic -> names.add(topic.name()));
        } else {
            request.topics().forEach(topic -> names.add(topic.name()));
        }
        return names;
    }

    private static void check(String topic, int partition, boolean all, TreeSet<String> names) {
        if (!all && !names.contains(topic)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "cursor: " + topic + " (expected: a topic asked for)");
        }
        if (partition < 0) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "cursor: partition " + partition + " (expected: at least 0)");
        }
    }

    private int partitionsMax(DescribeTopicPartitionsRequest request) {
        int limit = configs.brokerInt("max.request.partition.size.limit");
        return Math.max(1, Math.min(limit, request.responsePartitionLimit()));
    }

    private static DescribeTopicPartitionsResponseTopic describe(
            MetadataImage image, TopicImage topic, int from, int to, RequestContext context) {
        List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>();
        for (int index = from; index < to; index++) {
            partitions.add(describe(image, topic.partitions().get(index), context));
        }
        return new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.internal())
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
    }

    private static DescribeTopicPartitionsResponsePartition describe(
            MetadataImage image, PartitionImage partition, RequestContext context) {
        String listener = context.listenerName();
        return new DescribeTopicPartitionsResponsePartition()
                .setErrorCode(
                        PartitionErrors.of(image, partition, listener, true).code())
                .setPartitionIndex(partition.index())
                .setLeaderId(PartitionErrors.reachableLeader(image, partition, listener))
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(partition.replicas())
                .setIsrNodes(partition.isr())
                .setEligibleLeaderReplicas(List.of())
                .setLastKnownElr(List.of())
                .setOfflineReplicas(PartitionErrors.offlineReplicas(image, partition, listener));
    }

    private static DescribeTopicPartitionsResponseTopic unknown(String name) {
        ErrorCode error = TopicNames.problem(name) == null
                ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                : ErrorCode.INVALID_TOPIC_EXCEPTION;
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode(error.code())
                .setName(name)
                .setTopicId(Uuid.ZERO)
                .setIsInternal(InternalTopics.isInternal(name))
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
    }

    @Override
    public ApiMessage failed(DescribeTopicPartitionsRequest request, int version, ApiException error) {
        var response = new DescribeTopicPartitionsResponse();
        request.topics().forEach(topic -> response.topics()
                .add(new DescribeTopicPartitionsResponseTopic()
                        .setName(topic.name())
                        .setErrorCode(error.error().code())));
        return response;
    }
}
