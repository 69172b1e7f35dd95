package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.BrokerRegistrationChangeRecord;
import dev.barnabas.protocol.message.ConfigRecord;
import dev.barnabas.protocol.message.FeatureLevelRecord;
import dev.barnabas.protocol.message.FenceBrokerRecord;
import dev.barnabas.protocol.message.PartitionChangeRecord;
import dev.barnabas.protocol.message.PartitionRecord;
import dev.barnabas.protocol.message.ProducerIdsRecord;
import dev.barnabas.protocol.message.RegisterBrokerRecord;
import dev.barnabas.protocol.message.RemoveTopicRecord;
import dev.barnabas.protocol.message.TopicRecord;
import dev.barnabas.protocol.message.UnfenceBrokerRecord;
import dev.barnabas.protocol.message.UnregisterBrokerRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Folds metadata records into the next image: {@code apply} each in the order of the log, then {@link #image}. What no
 * record touches is shared with the image before. One thread at a time.
 */
public final class MetadataDelta {

    private static final int NO_LEADER_CHANGE = -2;

    private final ClusterImage base;
    private final ShardedMap.Builder<String, TopicImage> topicsByName;
    private final ShardedMap.Builder<Uuid, TopicImage> topicsById;
    private final ShardedMap.Builder<String, String> topicsByCollisionKey;
    private final ShardedMap.Builder<ConfigResource, Map<String, String>> configs;
    private final Map<Uuid, TopicDraft> topicDrafts = new HashMap<>();
    private final Map<ConfigResource, Map<String, String>> configDrafts = new HashMap<>();
    private final Set<String> deletedTopics = new HashSet<>();
    private @Nullable Map<Integer, BrokerRegistration> registrations;
    private @Nullable Map<String, Short> features;
    private @Nullable List<MetadataRecord> uninterpreted;
    private int partitionCount;
    private long nextProducerId;

    public MetadataDelta(ClusterImage base) {
        this.base = base;
        this.topicsByName = base.topicsByName.toBuilder();
        this.topicsById = base.topicsById.toBuilder();
        this.topicsByCollisionKey = base.topicsByCollisionKey.toBuilder();
        this.configs = base.configs.toBuilder();
        this.partitionCount = base.partitionCount;
        this.nextProducerId = base.nextProducerId;
    }

    /** Names of the topics that the records deleted and did not create again. */
    public Set<String> deletedTopics() {
        return deletedTopics;
    }

    public void applyAll(Iterable<MetadataRecord> records) {
        for (MetadataRecord record : records) {
            apply(record);
        }
    }

    /**
     * Folds in one record. Types that mean nothing to this broker are kept for snapshots.
     *
     * @throws IllegalStateException if the record contradicts those before it: the log is damaged
     */
    public void apply(MetadataRecord record) {
        switch (record.type()) {
            case TOPIC_RECORD -> apply((TopicRecord) record.message());
            case PARTITION_RECORD -> apply((PartitionRecord) record.message());
            case PARTITION_CHANGE_RECORD -> apply((PartitionChangeRecord) record.message());
            case REMOVE_TOPIC_RECORD -> apply((RemoveTopicRecord) record.message());
            case CONFIG_RECORD -> apply((ConfigRecord) record.message());
            case FEATURE_LEVEL_RECORD -> apply((FeatureLevelRecord) record.message());
            case PRODUCER_IDS_RECORD -> nextProducerId = ((ProducerIdsRecord) record.message()).nextProducerId();
            case REGISTER_BROKER_RECORD -> apply((RegisterBrokerRecord) record.message());
            case UNREGISTER_BROKER_RECORD ->
                registrations().remove(((UnregisterBrokerRecord) record.message()).brokerId());
            case FENCE_BROKER_RECORD -> fence(((FenceBrokerRecord) record.message()).id(), true);
            case UNFENCE_BROKER_RECORD -> fence(((UnfenceBrokerRecord) record.message()).id(), false);
            case BROKER_REGISTRATION_CHANGE_RECORD -> apply((BrokerRegistrationChangeRecord) record.message());
            case NO_OP_RECORD, BEGIN_TRANSACTION_RECORD, END_TRANSACTION_RECORD, ABORT_TRANSACTION_RECORD -> {}
            default -> uninterpreted().add(record);
        }
    }

    /** The image of the base and every record applied. */
    public ClusterImage image(long offset) {
        for (var draft : topicDrafts.entrySet()) {
            put(draft.getValue().image(draft.getKey()));
        }
        for (var draft : configDrafts.entrySet()) {
            if (draft.getValue().isEmpty()) {
                configs.remove(draft.getKey());
            } else {
                configs.put(draft.getKey(), Collections.unmodifiableMap(draft.getValue()));
            }
        }
        boolean sameBrokers = registrations == null;
        return new ClusterImage(
                base.clusterId,
                offset,
                sameBrokers ? base.registrations : Map.copyOf(registrations()),
                sameBrokers ? base.brokers : unfenced(registrations()),
                topicsByName.build(),
                topicsById.build(),
                topicsByCollisionKey.build(),
                configs.build(),
                features == null ? base.features : Map.copyOf(features),
                partitionCount,
                nextProducerId,
                uninterpreted == null ? base.uninterpreted : List.copyOf(uninterpreted));
    }

    private void put(TopicImage topic) {
        TopicImage before = topicsById.get(topic.id());
        partitionCount += topic.partitions().size()
                - (before == null ? 0 : before.partitions().size());
        topicsByName.put(topic.name(), topic);
        topicsById.put(topic.id(), topic);
    }

    private void apply(TopicRecord record) {
        topicDrafts.put(record.topicId(), new TopicDraft(record.name()));
        deletedTopics.remove(record.name());
        if (TopicNames.canCollide(record.name())) {
            topicsByCollisionKey.put(TopicNames.collisionKey(record.name()), record.name());
        }
    }

    private void apply(PartitionRecord record) {
        draft(record.topicId())
                .partitions
                .put(
                        record.partitionId(),
                        new PartitionImage(
                                record.partitionId(),
                                List.copyOf(record.replicas()),
                                List.copyOf(record.isr()),
                                List.copyOf(record.directories()),
                                record.leader(),
                                record.leaderEpoch(),
                                record.partitionEpoch()));
    }

    private void apply(PartitionChangeRecord record) {
        TopicDraft draft = draft(record.topicId());
        PartitionImage before = draft.partitions.get(record.partitionId());
        if (before == null) {
            throw new IllegalStateException("partition: " + draft.name + "-" + record.partitionId()
                    + " (expected: one of the topic's " + draft.partitions.size() + ")");
        }
        boolean elected = record.leader() != NO_LEADER_CHANGE;
        List<Integer> replicas = record.replicas();
        List<Integer> isr = record.isr();
        List<Uuid> directories = record.directories();
        draft.partitions.put(
                record.partitionId(),
                new PartitionImage(
                        record.partitionId(),
                        replicas == null ? before.replicas() : List.copyOf(replicas),
                        isr == null ? before.isr() : List.copyOf(isr),
                        directories == null ? before.directories() : List.copyOf(directories),
                        elected ? record.leader() : before.leader(),
                        elected ? before.leaderEpoch() + 1 : before.leaderEpoch(),
                        before.partitionEpoch() + 1));
    }

    private void apply(RemoveTopicRecord record) {
        TopicDraft draft = topicDrafts.remove(record.topicId());
        TopicImage image = topicsById.remove(record.topicId());
        String name = draft != null ? draft.name : image == null ? null : image.name();
        if (name == null) {
            throw new IllegalStateException("topic id: " + record.topicId() + " (expected: a topic's)");
        }
        partitionCount -= image == null ? 0 : image.partitions().size();
        topicsByName.remove(name);
        if (TopicNames.canCollide(name)) {
            topicsByCollisionKey.remove(TopicNames.collisionKey(name));
        }
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        configDrafts.remove(resource);
        configs.remove(resource);
        deletedTopics.add(name);
    }

    private void apply(ConfigRecord record) {
        ConfigResource.Type type = ConfigResource.Type.forId(record.resourceType());
        if (type == null) {
            throw new IllegalStateException("config resource type: " + record.resourceType() + " (expected: known)");
        }
        var resource = new ConfigResource(type, record.resourceName());
        Map<String, String> set = configDrafts.get(resource);
        if (set == null) {
            Map<String, String> before = configs.get(resource);
            set = before == null ? new TreeMap<>() : new TreeMap<>(before);
            configDrafts.put(resource, set);
        }
        String value = record.value();
        if (value == null) {
            set.remove(record.name());
        } else {
            set.put(record.name(), value);
        }
    }

    private void apply(FeatureLevelRecord record) {
        if (features == null) {
            features = new HashMap<>(base.features);
        }
        if (record.featureLevel() == 0) {
            features.remove(record.name());
        } else {
            features.put(record.name(), record.featureLevel());
        }
    }

    private void apply(RegisterBrokerRecord record) {
        registrations().put(record.brokerId(), new BrokerRegistration(record));
    }

    private void apply(BrokerRegistrationChangeRecord record) {
        BrokerRegistration before = registration(record.brokerId());
        boolean fenced = record.fenced() == 0 ? before.fenced() : record.fenced() > 0;
        boolean inControlledShutdown = before.record().inControlledShutdown() || record.inControlledShutdown() > 0;
        registrations().put(before.id(), before.withFenced(fenced, inControlledShutdown));
    }

    private void fence(int brokerId, boolean fenced) {
        BrokerRegistration before = registration(brokerId);
        registrations().put(brokerId, before.withFenced(fenced, before.record().inControlledShutdown()));
    }

    private BrokerRegistration registration(int brokerId) {
        BrokerRegistration registration = registrations().get(brokerId);
        if (registration == null) {
            throw new IllegalStateException("broker: " + brokerId + " (expected: a registered one)");
        }
        return registration;
    }

    private TopicDraft draft(Uuid topicId) {
        TopicDraft draft = topicDrafts.get(topicId);
        if (draft == null) {
            TopicImage image = topicsById.get(topicId);
            if (image == null) {
                throw new IllegalStateException("topic id: " + topicId + " (expected: a topic's)");
            }
            draft = new TopicDraft(image.name());
            for (PartitionImage partition : image.partitions()) {
                draft.partitions.put(partition.index(), partition);
            }
            topicDrafts.put(topicId, draft);
        }
        return draft;
    }

    private Map<Integer, BrokerRegistration> registrations() {
        if (registrations == null) {
            registrations = new HashMap<>(base.registrations);
        }
        return registrations;
    }

    private List<MetadataRecord> uninterpreted() {
        if (uninterpreted == null) {
            uninterpreted = new ArrayList<>(base.uninterpreted);
        }
        return uninterpreted;
    }

    private static Map<Integer, BrokerImage> unfenced(Map<Integer, BrokerRegistration> registrations) {
        var brokers = new TreeMap<Integer, BrokerImage>();
        for (BrokerRegistration registration : registrations.values()) {
            if (!registration.fenced()) {
                brokers.put(registration.id(), registration.image());
            }
        }
        return Collections.unmodifiableMap(brokers);
    }

    /** A topic that records are changing. */
    private static final class TopicDraft {
        private final String name;
        private final TreeMap<Integer, PartitionImage> partitions = new TreeMap<>();

        TopicDraft(String name) {
            this.name = name;
        }

        TopicImage image(Uuid id) {
            var list = List.copyOf(partitions.values());
            if (!list.isEmpty() && list.get(list.size() - 1).index() != list.size() - 1) {
                throw new IllegalStateException("partitions of " + name + ": " + partitions.keySet() + " (expected: 0-"
                        + (list.size() - 1) + ")");
            }
            return new TopicImage(name, id, list);
        }
    }
}
