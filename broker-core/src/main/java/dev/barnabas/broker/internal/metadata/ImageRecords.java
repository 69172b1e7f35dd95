package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.message.ConfigRecord;
import dev.barnabas.protocol.message.FeatureLevelRecord;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.PartitionRecord;
import dev.barnabas.protocol.message.ProducerIdsRecord;
import dev.barnabas.protocol.message.TopicRecord;
import java.util.ArrayList;
import java.util.List;

/** Turns an image back into the records that make it: what a snapshot holds. */
final class ImageRecords {

    private ImageRecords() {}

    /** The records, each after those it builds on. */
    static List<MetadataRecord> of(ClusterImage image) {
        var records = new ArrayList<MetadataRecord>();
        // Readers need metadata.version before anything else.
        addFeature(records, image, Features.METADATA_VERSION_NAME);
        image.features.keySet().stream()
                .filter(name -> !name.equals(Features.METADATA_VERSION_NAME))
                .sorted()
                .forEach(name -> addFeature(records, image, name));
        image.registrations
                .values()
                .forEach(registration -> records.add(
                        MetadataRecord.of(MetadataRecordType.REGISTER_BROKER_RECORD, registration.record())));
        image.topics().forEach(topic -> addTopic(records, topic));
        image.configs.forEach((resource, set) -> set.forEach((name, value) -> records.add(MetadataRecord.of(
                MetadataRecordType.CONFIG_RECORD,
                new ConfigRecord()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name())
                        .setName(name)
                        .setValue(value)))));
        if (image.nextProducerId > 0) {
            records.add(MetadataRecord.of(
                    MetadataRecordType.PRODUCER_IDS_RECORD,
                    new ProducerIdsRecord()
                            .setBrokerId(-1)
                            .setBrokerEpoch(-1)
                            .setNextProducerId(image.nextProducerId)));
        }
        records.addAll(image.uninterpreted);
        return records;
    }

    private static void addFeature(List<MetadataRecord> records, ClusterImage image, String name) {
        Short level = image.features.get(name);
        if (level != null) {
            records.add(MetadataRecord.of(
                    MetadataRecordType.FEATURE_LEVEL_RECORD,
                    new FeatureLevelRecord().setName(name).setFeatureLevel(level)));
        }
    }

    private static void addTopic(List<MetadataRecord> records, TopicImage topic) {
        records.add(MetadataRecord.of(
                MetadataRecordType.TOPIC_RECORD,
                new TopicRecord().setName(topic.name()).setTopicId(topic.id())));
        for (PartitionImage partition : topic.partitions()) {
            records.add(MetadataRecord.of(
                    MetadataRecordType.PARTITION_RECORD,
                    new PartitionRecord()
                            .setTopicId(topic.id())
                            .setPartitionId(partition.index())
                            .setReplicas(partition.replicas())
                            .setIsr(partition.isr())
                            .setLeader(partition.leader())
                            .setLeaderEpoch(partition.leaderEpoch())
                            .setPartitionEpoch(partition.partitionEpoch())
                            .setDirectories(partition.directories())));
        }
    }
}
