package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is hosted here, by topic. Changed on the controller's lane; read by everyone, without a lock. */
public final class HostedPartitions implements Partitions {

    private final MetadataCache metadata;
    private final Map<String, HostedTopic> byName = new ConcurrentHashMap<>();
    private final Map<Uuid, HostedTopic> byId = new ConcurrentHashMap<>();

    HostedPartitions(MetadataCache metadata) {
        this.metadata = metadata;
    }

    /** Null if nothing of the topic is hosted here. */
    public @Nullable HostedTopic topic(String name) {
        return byName.get(name);
    }

    /** Null if nothing of the topic is hosted here. */
    public @Nullable HostedTopic topic(Uuid id) {
        return byId.get(id);
    }

    void put(HostedTopic topic) {
        byName.put(topic.name(), topic);
        byId.put(topic.id(), topic);
    }

    void remove(HostedTopic topic) {
        byName.remove(topic.name());
        byId.remove(topic.id());
    }

    Collection<HostedTopic> topics() {
        return byName.values();
    }

    @Override
    public @Nullable LocalPartition find(TopicPartition partition) {
        HostedTopic topic = byName.get(partition.topic());
        return topic == null ? null : topic.partition(partition.partition());
    }

    @Override
    public LocalPartition leader(TopicPartition partition) {
        return leader(partition, -1);
    }

    /**
     * As {@link #leader(TopicPartition)}, for a client that knows of {@code currentLeaderEpoch}, or -1.
     *
     * @throws ApiException FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH as well
     */
    public LocalPartition leader(TopicPartition partition, int currentLeaderEpoch) {
        LocalPartition found = hosted(byName.get(partition.topic()), partition.topic(), partition.partition());
        found.requireServing(currentLeaderEpoch);
        return found;
    }

    /**
     * The partition, which is hosted here, whether or not it serves.
     *
     * @param topic what {@link #topic} found
     * @throws ApiException UNKNOWN_TOPIC_OR_PARTITION, or NOT_LEADER_OR_FOLLOWER if other brokers host it
     */
    public LocalPartition hosted(@Nullable HostedTopic topic, String name, int index) {
        LocalPartition partition = topic == null ? null : topic.partition(index);
        if (partition != null) {
            return partition;
        }
        MetadataImage image = metadata.image();
        TopicImage known = image.topic(name);
        if (known == null || known.partition(index) == null) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "partition: " + name + "-" + index + " (expected: one that exists)");
        }
        throw new ApiException(
                ErrorCode.NOT_LEADER_OR_FOLLOWER, "partition: " + name + "-" + index + " (expected: one hosted here)");
    }

    @Override
    public Collection<LocalPartition> all() {
        List<LocalPartition> all = new ArrayList<>();
        for (HostedTopic topic : byName.values()) {
            for (int i = 0; i < topic.size(); i++) {
                LocalPartition partition = topic.partition(i);
                if (partition != null) {
                    all.add(partition);
                }
            }
        }
        return all;
    }
}
