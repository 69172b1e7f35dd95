package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.Uuid;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The image that metadata records fold into. {@link MetadataDelta} derives the next one, sharing with this one all that
 * stays as it is.
 */
public final class ClusterImage implements MetadataImage {

    final String clusterId;
    final long offset;
    final Map<Integer, BrokerRegistration> registrations;
    final Map<Integer, BrokerImage> brokers;
    final ShardedMap<String, TopicImage> topicsByName;
    final ShardedMap<Uuid, TopicImage> topicsById;
    final ShardedMap<String, String> topicsByCollisionKey;
    final ShardedMap<ConfigResource, Map<String, String>> configs;
    final Map<String, Short> features;
    final int partitionCount;
    final long nextProducerId;
    final List<MetadataRecord> uninterpreted;

    ClusterImage(
            String clusterId,
            long offset,
            Map<Integer, BrokerRegistration> registrations,
            Map<Integer, BrokerImage> brokers,
            ShardedMap<String, TopicImage> topicsByName,
            ShardedMap<Uuid, TopicImage> topicsById,
            ShardedMap<String, String> topicsByCollisionKey,
            ShardedMap<ConfigResource, Map<String, String>> configs,
            Map<String, Short> features,
            int partitionCount,
            long nextProducerId,
            List<MetadataRecord> uninterpreted) {
        this.clusterId = clusterId;
        this.offset = offset;
        this.registrations = registrations;
        this.brokers = brokers;
        this.topicsByName = topicsByName;
        this.topicsById = topicsById;
        this.topicsByCollisionKey = topicsByCollisionKey;
        this.configs = configs;
        this.features = features;
        this.partitionCount = partitionCount;
        this.nextProducerId = nextProducerId;
        this.uninterpreted = uninterpreted;
    }

    /** A cluster without brokers, topics or properties. */
    public static ClusterImage empty(String clusterId) {
        return new ClusterImage(
                clusterId,
                -1,
                Map.of(),
                Map.of(),
                ShardedMap.empty(),
                ShardedMap.empty(),
                ShardedMap.empty(),
                ShardedMap.empty(),
                Map.of(),
                0,
                0,
                List.of());
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public String clusterId() {
        return clusterId;
    }

    @Override
    public Map<Integer, BrokerImage> brokers() {
        return brokers;
    }

    /** The brokers that are registered but fenced. */
    public List<BrokerImage> fencedBrokers() {
        return registrations.values().stream()
                .filter(BrokerRegistration::fenced)
                .map(BrokerRegistration::image)
                .toList();
    }

    /** Whether a broker of that id is registered, fenced or not. */
    public boolean knowsBroker(int id) {
        return registrations.containsKey(id);
    }

    /** Id of the broker's log directory (KIP-858); zero if it is unknown or has several. */
    public Uuid directoryOf(int brokerId) {
        BrokerRegistration registration = registrations.get(brokerId);
        List<Uuid> directories =
                registration == null ? List.of() : registration.record().logDirs();
        return directories.size() == 1 ? directories.get(0) : Uuid.ZERO;
    }

    @Override
    public Collection<TopicImage> topics() {
        return topicsByName.values();
    }

    @Override
    public @Nullable TopicImage topic(String name) {
        return topicsByName.get(name);
    }

    @Override
    public @Nullable TopicImage topic(Uuid id) {
        return topicsById.get(id);
    }

    /** The partitions of all topics. */
    public int partitionCount() {
        return partitionCount;
    }

    /** The topic whose name differs from {@code name} at most in {@code .} and {@code _}; null if there is none. */
    public @Nullable String collidingTopic(String name) {
        return TopicNames.canCollide(name) ? topicsByCollisionKey.get(TopicNames.collisionKey(name)) : null;
    }

    @Override
    public Map<String, String> topicConfigs(String topic) {
        return configs(new ConfigResource(ConfigResource.Type.TOPIC, topic));
    }

    @Override
    public Map<String, String> brokerConfigs(String brokerId) {
        return configs(new ConfigResource(ConfigResource.Type.BROKER, brokerId));
    }

    @Override
    public Map<String, String> groupConfigs(String groupId) {
        return configs(new ConfigResource(ConfigResource.Type.GROUP, groupId));
    }

    /** What was set for a resource of any type; empty if nothing. */
    public Map<String, String> configs(ConfigResource resource) {
        Map<String, String> set = configs.get(resource);
        return set == null ? Map.of() : set;
    }

    /** The resources of a type for which something was set, in no order. */
    public List<ConfigResource> configuredResources(ConfigResource.Type type) {
        var found = new java.util.ArrayList<ConfigResource>();
        configs.forEach((resource, set) -> {
            if (resource.type() == type) {
                found.add(resource);
            }
        });
        return found;
    }

    @Override
    public Map<String, Short> features() {
        return features;
    }

    /** The first producer id that was never given out. */
    public long nextProducerId() {
        return nextProducerId;
    }
}
