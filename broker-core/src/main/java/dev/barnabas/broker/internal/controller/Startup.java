package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.Features;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.FeatureLevelRecord;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.PartitionChangeRecord;
import dev.barnabas.protocol.message.RegisterBrokerRecord;
import dev.barnabas.protocol.message.RegisterBrokerRecord.BrokerEndpoint;
import dev.barnabas.protocol.message.RegisterBrokerRecord.BrokerFeature;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what a broker's start writes: the feature levels of a new cluster, the broker's registration, and itself as
 * leader of the partitions that nobody led while it was down. Pure.
 */
final class Startup {

    private static final short PLAINTEXT = 0;

    /** @param nextOffset of the metadata log: the registration's epoch, as in Kafka */
    List<MetadataRecord> records(ClusterImage image, Registration registration, long nextOffset) {
        var records = new ArrayList<MetadataRecord>();
        if (!image.features().containsKey(Features.METADATA_VERSION_NAME)) {
            records.add(MetadataRecord.of(
                    MetadataRecordType.FEATURE_LEVEL_RECORD,
                    new FeatureLevelRecord()
                            .setName(Features.METADATA_VERSION_NAME)
                            .setFeatureLevel(Features.METADATA_VERSION)));
        }
        records.add(MetadataRecord.of(
                MetadataRecordType.REGISTER_BROKER_RECORD, register(registration, nextOffset + records.size())));
        for (TopicImage topic : image.topics()) {
            for (PartitionImage partition : topic.partitions()) {
                lead(records, topic.id(), partition, registration);
            }
        }
        return records;
    }

    private static RegisterBrokerRecord register(Registration registration, long epoch) {
        var endpoints = new ArrayList<BrokerEndpoint>();
        for (var endpoint : registration.endpoints().entrySet()) {
            endpoints.add(new BrokerEndpoint()
                    .setName(endpoint.getKey())
                    .setHost(endpoint.getValue().host())
                    .setPort(endpoint.getValue().port())
                    .setSecurityProtocol(PLAINTEXT));
        }
        var features = new ArrayList<BrokerFeature>();
        for (var feature : Features.SUPPORTED.entrySet()) {
            features.add(new BrokerFeature()
                    .setName(feature.getKey())
                    .setMinSupportedVersion((short) feature.getValue().min())
                    .setMaxSupportedVersion((short) feature.getValue().max()));
        }
        return new RegisterBrokerRecord()
                .setBrokerId(registration.brokerId())
                .setIncarnationId(registration.incarnationId())
                .setBrokerEpoch(epoch)
                .setEndPoints(endpoints)
                .setFeatures(features)
                .setRack(registration.rack())
                .setFenced(false)
                .setLogDirs(List.of(registration.directoryId()));
    }

    /**
     * A partition without a leader whose in-sync replica this broker is gets it as leader. So does one without in-sync
     * replicas whose only replica this broker is: Apache Kafka's controller leaves it so at a shutdown, the broker among
     * the eligible leader replicas instead (KIP-966).
     */
    private static void lead(
            List<MetadataRecord> records, Uuid topicId, PartitionImage partition, Registration registration) {
        int id = registration.brokerId();
        int replica = partition.replicas().indexOf(id);
        if (replica < 0) {
            return;
        }
        var change = new PartitionChangeRecord().setTopicId(topicId).setPartitionId(partition.index());
        boolean changed = false;
        if (partition.leader() < 0 && partition.isr().contains(id)) {
            change.setLeader(id);
            changed = true;
        } else if (partition.leader() < 0
                && partition.isr().isEmpty()
                && partition.replicas().size() == 1) {
            change.setLeader(id)
                    .setIsr(List.of(id))
                    .setEligibleLeaderReplicas(List.of())
                    .setLastKnownElr(List.of());
            changed = true;
        }
        if (replica >= partition.directories().size()
                || !partition.directories().get(replica).equals(registration.directoryId())) {
            change.setDirectories(directories(partition, replica, registration.directoryId()));
            changed = true;
        }
        if (changed) {
            records.add(MetadataRecord.of(MetadataRecordType.PARTITION_CHANGE_RECORD, change));
        }
    }

    private static List<Uuid> directories(PartitionImage partition, int replica, Uuid directoryId) {
        var directories = new ArrayList<Uuid>();
        for (int i = 0; i < partition.replicas().size(); i++) {
            Uuid present =
                    i < partition.directories().size() ? partition.directories().get(i) : Uuid.ZERO;
            directories.add(i == replica ? directoryId : present);
        }
        return directories;
    }
}
