package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.config.ConfigChecks;
import dev.barnabas.broker.internal.config.ConfigDescriber;
import dev.barnabas.broker.internal.config.ConfigDescription;
import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.ConfigResource;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.broker.internal.metadata.TopicNames;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.ConfigRecord;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopic;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import dev.barnabas.protocol.message.CreateTopicsResponse.CreatableTopicConfigs;
import dev.barnabas.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.TopicRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides CreateTopics. Pure but for the ids it draws and the policies it asks. */
final class TopicCreation {

    /** Partitions that one request may ask for, over all its topics; Kafka's limit. */
    static final int PARTITIONS_MAX = 10_000;

    private static final String CLUSTER_METADATA = "__cluster_metadata";

    private final Configs configs;
    private final ConfigDescriber describer;
    private final Supplier<Uuid> ids;
    private final int partitionsInAllMax;
    private final @Nullable Policies policies;

    /**
     * @param ids gives every new topic an id that none had before
     * @param partitionsInAllMax bounds the partitions of all topics
     * @param policies null if nobody has a say
     */
    TopicCreation(
            Configs configs,
            ConfigDescriber describer,
            Supplier<Uuid> ids,
            int partitionsInAllMax,
            @Nullable Policies policies) {
        this.configs = configs;
        this.describer = describer;
        this.ids = ids;
        this.partitionsInAllMax = partitionsInAllMax;
        this.policies = policies;
    }

    Decision<CreateTopicsResponse> decide(ClusterImage image, CreateTopicsRequest request) {
        Set<String> duplicates = duplicates(request);
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<CreatableTopicResult>();
        long requested = partitions(request);
        long inAll = image.partitionCount();
        for (CreatableTopic topic : request.topics()) {
            if (duplicates.contains(topic.name()) || topic.name().equals(CLUSTER_METADATA)) {
                continue;
            }
            try {
                checkRequested(requested);
                checkName(image, topic.name());
                var result = create(image, topic, inAll, records);
                inAll += result.numPartitions();
                results.add(result);
            } catch (ApiException e) {
                results.add(failed(topic.name(), e));
            }
        }
        duplicates.forEach(name -> results.add(failed(
                name, new ApiException(ErrorCode.INVALID_REQUEST, "topic: " + name + " twice (expected: once)"))));
        if (request.topics().stream().anyMatch(topic -> topic.name().equals(CLUSTER_METADATA))
                && !duplicates.contains(CLUSTER_METADATA)) {
            results.add(failed(
                    CLUSTER_METADATA,
                    new ApiException(
                            ErrorCode.INVALID_REQUEST, "topic: " + CLUSTER_METADATA + " (expected: another)")));
        }
        var response = new CreateTopicsResponse().setTopics(results);
        return request.validateOnly() ? Decision.unchanged(response) : new Decision<>(records, response);
    }

    private static Set<String> duplicates(CreateTopicsRequest request) {
        var seen = new HashSet<String>();
        var duplicates = new HashSet<String>();
        for (CreatableTopic topic : request.topics()) {
            if (!seen.add(topic.name())) {
                duplicates.add(topic.name());
            }
        }
        return duplicates;
    }

    private long partitions(CreateTopicsRequest request) {
        long sum = 0;
        for (CreatableTopic topic : request.topics()) {
            sum += !topic.assignments().isEmpty()
                    ? topic.assignments().size()
                    : topic.numPartitions() == -1
                            ? configs.brokerInt("num.partitions")
                            : Math.max(0, topic.numPartitions());
        }
        return sum;
    }

    /** Checks how many partitions one request asks for. */
    static void checkRequested(long requested) {
        if (requested > PARTITIONS_MAX) {
            throw new ApiException(
                    ErrorCode.POLICY_VIOLATION,
                    "partitions in one request: " + requested + " (expected: at most " + PARTITIONS_MAX + ")");
        }
    }

    /** Checks how many partitions there would be of all topics. */
    static void checkInAll(long inAll, int inAllMax) {
        if (inAll > inAllMax) {
            throw new ApiException(
                    ErrorCode.POLICY_VIOLATION,
                    "partitions of all topics: " + inAll + " (expected: at most " + inAllMax
                            + ", which Limits of the broker say)");
        }
    }

    private static void checkName(ClusterImage image, String name) {
        if (image.topic(name) != null) {
            throw new ApiException(ErrorCode.TOPIC_ALREADY_EXISTS, "topic: " + name + " exists (expected: a new one)");
        }
        String problem = TopicNames.problem(name);
        if (problem != null) {
            throw new ApiException(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
        }
        String colliding = image.collidingTopic(name);
        if (colliding != null) {
            throw new ApiException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "topic: " + name + " collides with " + colliding
                            + " (expected: a name that differs in more than . and _)");
        }
    }

    /** @param inAll partitions of all topics, those of this request included that come before */
    private CreatableTopicResult create(
            ClusterImage image, CreatableTopic topic, long inAll, List<MetadataRecord> records) {
        Map<String, String> properties = properties(topic);
        ConfigChecks.checkTopic(properties);
        if (policies != null && !properties.isEmpty()) {
            policies.checkAlteration(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), properties);
        }
        var placement = new Placement(image);
        List<List<Integer>> assignments =
                topic.assignments().isEmpty() ? placed(topic, placement) : assigned(topic, placement);
        if (policies != null) {
            check(policies, topic, assignments, properties);
        }
        checkInAll(inAll + assignments.size(), partitionsInAllMax);
        Uuid id = ids.get();
        records.add(MetadataRecord.of(
                MetadataRecordType.TOPIC_RECORD,
                new TopicRecord().setName(topic.name()).setTopicId(id)));
        properties.forEach((name, value) -> records.add(config(topic.name(), name, value)));
        for (int partition = 0; partition < assignments.size(); partition++) {
            records.add(placement.record(id, partition, assignments.get(partition)));
        }
        return new CreatableTopicResult()
                .setName(topic.name())
                .setTopicId(id)
                .setErrorMessage(null)
                .setNumPartitions(assignments.size())
                .setReplicationFactor((short) assignments.get(0).size())
                .setConfigs(configs(image, properties));
    }

    private static void check(
            Policies policies, CreatableTopic topic, List<List<Integer>> assignments, Map<String, String> properties) {
        if (topic.assignments().isEmpty()) {
            short replicationFactor = (short) assignments.get(0).size();
            policies.checkCreation(topic.name(), assignments.size(), replicationFactor, null, properties);
        } else {
            var byPartition = new TreeMap<Integer, List<Integer>>();
            for (int partition = 0; partition < assignments.size(); partition++) {
                byPartition.put(partition, assignments.get(partition));
            }
            policies.checkCreation(topic.name(), null, null, byPartition, properties);
        }
    }

    private static Map<String, String> properties(CreatableTopic topic) {
        var properties = new TreeMap<String, String>();
        for (var config : topic.configs()) {
            String value = config.value();
            if (value == null) {
                throw new ApiException(
                        ErrorCode.INVALID_CONFIG, config.name() + ": null (expected: a value, or to be left out)");
            }
            properties.put(config.name(), value);
        }
        return properties;
    }

    private List<List<Integer>> placed(CreatableTopic topic, Placement placement) {
        if (topic.replicationFactor() < -1 || topic.replicationFactor() == 0) {
            throw new ApiException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "replication factor: " + topic.replicationFactor() + " (expected: above 0, or -1 for the default)");
        }
        if (topic.numPartitions() < -1 || topic.numPartitions() == 0) {
            throw new ApiException(
                    ErrorCode.INVALID_PARTITIONS,
                    "partitions: " + topic.numPartitions() + " (expected: above 0, or -1 for the default)");
        }
        int count = topic.numPartitions() == -1 ? configs.brokerInt("num.partitions") : topic.numPartitions();
        int replicationFactor = topic.replicationFactor() == -1
                ? configs.brokerInt("default.replication.factor")
                : topic.replicationFactor();
        var assignments = new ArrayList<List<Integer>>(count);
        for (int partition = 0; partition < count; partition++) {
            assignments.add(placement.place(partition, replicationFactor));
        }
        return assignments;
    }

    private static List<List<Integer>> assigned(CreatableTopic topic, Placement placement) {
        if (topic.replicationFactor() != -1 || topic.numPartitions() != -1) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "partitions: " + topic.numPartitions() + ", replication factor: " + topic.replicationFactor()
                            + " (expected: -1 beside an assignment)");
        }
        var byIndex = new TreeMap<Integer, List<Integer>>();
        int replicationFactor = 0;
        for (var assignment : topic.assignments()) {
            placement.check(assignment.brokerIds(), replicationFactor);
            replicationFactor = assignment.brokerIds().size();
            if (byIndex.put(assignment.partitionIndex(), assignment.brokerIds()) != null) {
                throw new ApiException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "partition: " + assignment.partitionIndex() + " twice (expected: once)");
            }
        }
        if (byIndex.firstKey() != 0 || byIndex.lastKey() != byIndex.size() - 1) {
            throw new ApiException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "partitions: " + byIndex.keySet() + " (expected: 0-" + (byIndex.size() - 1) + ")");
        }
        return List.copyOf(byIndex.values());
    }

    static MetadataRecord config(String topic, String name, String value) {
        return MetadataRecord.of(
                MetadataRecordType.CONFIG_RECORD,
                new ConfigRecord()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName(topic)
                        .setName(name)
                        .setValue(value));
    }

    private List<CreatableTopicConfigs> configs(ClusterImage image, Map<String, String> properties) {
        var list = new ArrayList<CreatableTopicConfigs>();
        for (ConfigDescription description : describer.topic(image, properties)) {
            list.add(new CreatableTopicConfigs()
                    .setName(description.name())
                    .setValue(properties.getOrDefault(description.name(), description.value()))
                    .setReadOnly(description.readOnly())
                    .setConfigSource(description.source().id())
                    .setIsSensitive(description.sensitive()));
        }
        list.sort(Comparator.comparing(CreatableTopicConfigs::name));
        return list;
    }

    private static CreatableTopicResult failed(String name, ApiException e) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(e.error().code())
                .setErrorMessage(e.getMessage());
    }
}
