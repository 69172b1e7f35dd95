package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.DeleteTopicsRequest;
import dev.barnabas.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import dev.barnabas.protocol.message.DeleteTopicsResponse;
import dev.barnabas.protocol.message.DeleteTopicsResponse.DeletableTopicResult;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.RemoveTopicRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides DeleteTopics, by name and by id (KIP-516). Pure. */
final class TopicDeletion {

    private final Configs configs;

    TopicDeletion(Configs configs) {
        this.configs = configs;
    }

    /** @throws ApiException TOPIC_DELETION_DISABLED, INVALID_REQUEST before version 3 */
    Decision<DeleteTopicsResponse> decide(ClusterImage image, DeleteTopicsRequest request, int version) {
        if (!configs.brokerBoolean("delete.topic.enable")) {
            throw new ApiException(
                    version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED,
                    "delete.topic.enable: false (expected: true)");
        }
        List<DeleteTopicState> topics = topics(request);
        Map<Object, Integer> counts = counts(topics);
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<DeletableTopicResult>();
        var reported = new HashSet<Object>();
        Set<Uuid> twice = byNameAndId(image, topics);
        for (DeleteTopicState topic : topics) {
            String name = topic.name();
            Uuid id = topic.topicId();
            boolean byId = name == null;
            if (byId == id.equals(Uuid.ZERO)) {
                results.add(result(
                        name, id, ErrorCode.INVALID_REQUEST, "topic: " + name + " " + id + " (expected: name or id)"));
            } else if (counts.getOrDefault(key(topic), 0) > 1) {
                if (reported.add(key(topic))) {
                    results.add(result(
                            name, id, ErrorCode.INVALID_REQUEST, "topic: " + key(topic) + " twice (expected: once)"));
                }
            } else if (!twice.contains(id)) {
                results.add(delete(image, topic, records, twice));
            }
        }
        return new Decision<>(records, new DeleteTopicsResponse().setResponses(results));
    }

    private static List<DeleteTopicState> topics(DeleteTopicsRequest request) {
        var topics = new ArrayList<>(request.topics());
        request.topicNames().forEach(name -> topics.add(new DeleteTopicState().setName(name)));
        return topics;
    }

    private static Map<Object, Integer> counts(List<DeleteTopicState> topics) {
        var counts = new HashMap<Object, Integer>();
        topics.forEach(topic -> counts.merge(key(topic), 1, Integer::sum));
        return counts;
    }

    /** The ids of the topics that are asked for by name and by id. */
    private static Set<Uuid> byNameAndId(ClusterImage image, List<DeleteTopicState> topics) {
        var named = new HashSet<Uuid>();
        topics.forEach(topic -> {
            String name = topic.name();
            TopicImage found = name == null ? null : image.topic(name);
            if (found != null) {
                named.add(found.id());
            }
        });
        var ids = new HashSet<Uuid>();
        topics.forEach(topic -> {
            if (topic.name() == null) {
                ids.add(topic.topicId());
            }
        });
        named.retainAll(ids);
        return named;
    }

    private static Object key(DeleteTopicState topic) {
        String name = topic.name();
        return name == null ? topic.topicId() : name;
    }

    private static DeletableTopicResult delete(
            ClusterImage image, DeleteTopicState topic, List<MetadataRecord> records, Set<Uuid> twice) {
        String name = topic.name();
        TopicImage found = name == null ? image.topic(topic.topicId()) : image.topic(name);
        if (found == null) {
            return name == null
                    ? result(null, topic.topicId(), ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.UNKNOWN_TOPIC_ID.message())
                    : result(
                            name,
                            Uuid.ZERO,
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.message());
        }
        if (twice.contains(found.id())) {
            return result(
                    found.name(),
                    found.id(),
                    ErrorCode.INVALID_REQUEST,
                    "topic: " + found.name() + " by name and by id (expected: once)");
        }
        records.add(MetadataRecord.of(
                MetadataRecordType.REMOVE_TOPIC_RECORD, new RemoveTopicRecord().setTopicId(found.id())));
        return result(found.name(), found.id(), ErrorCode.NONE, null);
    }

    private static DeletableTopicResult result(
            @Nullable String name, Uuid id, ErrorCode error, @Nullable String message) {
        return new DeletableTopicResult()
                .setName(name)
                .setTopicId(id)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
