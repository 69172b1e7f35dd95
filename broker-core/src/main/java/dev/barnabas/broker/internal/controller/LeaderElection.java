package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ElectLeadersRequest;
import dev.barnabas.protocol.message.ElectLeadersRequest.TopicPartitions;
import dev.barnabas.protocol.message.ElectLeadersResponse;
import dev.barnabas.protocol.message.ElectLeadersResponse.PartitionResult;
import dev.barnabas.protocol.message.ElectLeadersResponse.ReplicaElectionResult;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides ElectLeaders (KIP-460). Pure. */
final class LeaderElection {

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    /** @throws ApiException INVALID_REQUEST for an unknown type of election */
    Decision<ElectLeadersResponse> decide(ClusterImage image, ElectLeadersRequest request) {
        byte type = request.electionType();
        List<TopicPartitions> asked = request.topicPartitions();
        if (asked != null && asked.isEmpty()) {
            return Decision.unchanged(new ElectLeadersResponse());
        }
        if (type != PREFERRED && type != UNCLEAN) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "election type: " + type + " (expected: 0 preferred or 1 unclean)");
        }
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<ReplicaElectionResult>();
        if (asked == null) {
            image.topics().forEach(topic -> results.add(electAll(image, topic, type, records)));
        } else {
            for (TopicPartitions topic : asked) {
                var partitions = new ArrayList<PartitionResult>();
                for (int partition : topic.partitions()) {
                    partitions.add(elect(image, topic.topic(), image.topic(topic.topic()), partition, type, records));
                }
                results.add(new ReplicaElectionResult().setTopic(topic.topic()).setPartitionResult(partitions));
            }
        }
        return new Decision<>(records, new ElectLeadersResponse().setReplicaElectionResults(results));
    }

    /** Every partition of a topic; those that have the right leader are left out of the answer. */
    private static ReplicaElectionResult electAll(
            ClusterImage image, TopicImage topic, byte type, List<MetadataRecord> records) {
        var partitions = new ArrayList<PartitionResult>();
        for (PartitionImage partition : topic.partitions()) {
            PartitionResult result = elect(image, topic.name(), topic, partition.index(), type, records);
            if (result.errorCode() != ErrorCode.ELECTION_NOT_NEEDED.code()) {
                partitions.add(result);
            }
        }
        return new ReplicaElectionResult().setTopic(topic.name()).setPartitionResult(partitions);
    }

    private static PartitionResult elect(
            ClusterImage image,
            String name,
            @Nullable TopicImage topic,
            int index,
            byte type,
            List<MetadataRecord> records) {
        PartitionImage partition = topic == null ? null : topic.partition(index);
        if (topic == null || partition == null) {
            return result(
                    index,
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "partition: " + name + "-" + index + " (expected: one that exists)");
        }
        int preferred = partition.replicas().get(0);
        if (type == PREFERRED ? partition.leader() == preferred : partition.leader() >= 0) {
            return result(index, ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.ELECTION_NOT_NEEDED.message());
        }
        int leader = type == PREFERRED ? preferred : anyUsable(image, partition);
        boolean usable = image.brokers().containsKey(leader)
                && (type == UNCLEAN || partition.isr().contains(leader));
        if (!usable) {
            ErrorCode error = type == PREFERRED
                    ? ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE
                    : ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE;
            return result(index, error, error.message());
        }
        var change = new PartitionChangeRecord()
                .setTopicId(topic.id())
                .setPartitionId(index)
                .setLeader(leader);
        if (!partition.isr().contains(leader)) {
            change.setIsr(List.of(leader));
        }
        records.add(MetadataRecord.of(MetadataRecordType.PARTITION_CHANGE_RECORD, change));
        return new PartitionResult().setPartitionId(index).setErrorMessage(null);
    }

    private static int anyUsable(ClusterImage image, PartitionImage partition) {
        List<Integer> usable = partition.replicas().stream()
                .filter(image.brokers()::containsKey)
                .toList();
        return usable.stream()
                .filter(partition.isr()::contains)
                .findFirst()
                .orElse(usable.isEmpty() ? -1 : usable.get(0));
    }

    private static PartitionResult result(int partition, ErrorCode error, String message) {
        return new PartitionResult()
                .setPartitionId(partition)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
