package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.PartitionRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Decides which brokers replicate a new partition. Pure. */
final class Placement {

    private final ClusterImage image;
    private final List<Integer> usable;

    Placement(ClusterImage image) {
        this.image = image;
        this.usable = List.copyOf(image.brokers().keySet());
    }

    /**
     * Spreads replicas over the unfenced brokers, each partition beginning one broker further.
     *
     * @throws ApiException INVALID_REPLICATION_FACTOR if there are too few brokers
     */
    List<Integer> place(int partition, int replicationFactor) {
        if (usable.isEmpty() || replicationFactor > usable.size()) {
            throw new ApiException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "replication factor: " + replicationFactor + " (expected: at most the " + usable.size()
                            + " usable brokers)");
        }
        var replicas = new ArrayList<Integer>(replicationFactor);
        for (int i = 0; i < replicationFactor; i++) {
            replicas.add(usable.get((partition + i) % usable.size()));
        }
        return replicas;
    }

    /**
     * Checks an assignment that the client chose.
     *
     * @param replicationFactor that of the other partitions; 0 if this is the first
     * @throws ApiException INVALID_REPLICA_ASSIGNMENT
     */
    void check(List<Integer> replicas, int replicationFactor) {
        if (replicas.isEmpty()) {
            throw invalid("replicas: none (expected: at least one)");
        }
        if (new HashSet<>(replicas).size() < replicas.size()) {
            throw invalid("replicas: " + replicas + " (expected: no broker twice)");
        }
        for (int replica : replicas) {
            if (!image.knowsBroker(replica)) {
                throw invalid("replica: " + replica + " (expected: a registered broker)");
            }
        }
        if (replicationFactor != 0 && replicas.size() != replicationFactor) {
            throw invalid("replicas: " + replicas.size() + " (expected: " + replicationFactor
                    + ", as the other partitions have)");
        }
        if (replicas.stream().noneMatch(usable::contains)) {
            throw invalid("replicas: " + replicas + ", all fenced (expected: one that is not)");
        }
    }

    /** A new partition: led by its first usable replica, in sync with those that are usable. */
    MetadataRecord record(Uuid topicId, int partition, List<Integer> replicas) {
        List<Integer> isr = replicas.stream().filter(usable::contains).toList();
        return MetadataRecord.of(
                MetadataRecordType.PARTITION_RECORD,
                new PartitionRecord()
                        .setTopicId(topicId)
                        .setPartitionId(partition)
                        .setReplicas(replicas)
                        .setIsr(isr)
                        .setLeader(isr.get(0))
                        .setLeaderEpoch(0)
                        .setPartitionEpoch(0)
                        .setDirectories(
                                replicas.stream().map(image::directoryOf).toList()));
    }

    private static ApiException invalid(String message) {
        return new ApiException(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }
}
