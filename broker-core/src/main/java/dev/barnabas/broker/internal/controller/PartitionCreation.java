package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.CreatePartitionsRequest;
import dev.barnabas.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import dev.barnabas.protocol.message.CreatePartitionsResponse;
import dev.barnabas.protocol.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides CreatePartitions. Pure. */
final class PartitionCreation {

    private final int partitionsInAllMax;

    /** @param partitionsInAllMax bounds the partitions of all topics */
    PartitionCreation(int partitionsInAllMax) {
        this.partitionsInAllMax = partitionsInAllMax;
    }

    Decision<CreatePartitionsResponse> decide(ClusterImage image, CreatePartitionsRequest request) {
        Set<String> duplicates = duplicates(request);
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<CreatePartitionsTopicResult>();
        duplicates.forEach(name -> results.add(result(
                name, new ApiException(ErrorCode.INVALID_REQUEST, "topic: " + name + " twice (expected: once)"))));
        for (CreatePartitionsTopic topic : request.topics()) {
            if (duplicates.contains(topic.name())) {
                continue;
            }
            if (image.topic(topic.name()) == null) {
                results.add(new CreatePartitionsTopicResult()
                        .setName(topic.name())
                        .setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code())
                        .setErrorMessage(null));
                continue;
            }
            try {
                records.addAll(add(image, topic, records.size()));
                results.add(
                        new CreatePartitionsTopicResult().setName(topic.name()).setErrorMessage(null));
            } catch (ApiException e) {
                results.add(result(topic.name(), e));
            }
        }
        var response = new CreatePartitionsResponse().setResults(results);
        return request.validateOnly() ? Decision.unchanged(response) : new Decision<>(records, response);
    }

    private static Set<String> duplicates(CreatePartitionsRequest request) {
        var seen = new HashSet<String>();
        return request.topics().stream()
                .map(CreatePartitionsTopic::name)
                .filter(name -> !seen.add(name))
                .collect(Collectors.toSet());
    }

    /** @param addedBefore partitions that the same request adds to other topics */
    private List<MetadataRecord> add(ClusterImage image, CreatePartitionsTopic request, int addedBefore) {
        TopicImage topic = image.topic(request.name());
        if (topic == null) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.message());
        }
        int present = topic.partitions().size();
        int added = request.count() - present;
        if (added <= 0) {
            throw new ApiException(
                    ErrorCode.INVALID_PARTITIONS,
                    "partitions: " + request.count() + " (expected: more than the " + present + " there are)");
        }
        var assignments = request.assignments();
        if (assignments != null && assignments.size() != added) {
            throw new ApiException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "assignments: " + assignments.size() + " (expected: " + added + ", one a new partition)");
        }
        TopicCreation.checkRequested(added);
        TopicCreation.checkInAll((long) image.partitionCount() + addedBefore + added, partitionsInAllMax);
        var placement = new Placement(image);
        int replicationFactor = topic.partitions().get(0).replicas().size();
        var records = new ArrayList<MetadataRecord>();
        for (int partition = present; partition < request.count(); partition++) {
            List<Integer> replicas;
            if (assignments == null) {
                replicas = placement.place(partition, replicationFactor);
            } else {
                replicas = assignments.get(partition - present).brokerIds();
                placement.check(replicas, replicationFactor);
            }
            records.add(placement.record(topic.id(), partition, replicas));
        }
        return records;
    }

    private static CreatePartitionsTopicResult result(String name, ApiException e) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(e.error().code())
                .setErrorMessage(e.getMessage());
    }
}
