package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.Uuid;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cluster at one moment, immutable: what every lane reads without a lock. What did not change between two images is
 * the same object in both: a {@link TopicImage}, a map of properties.
 */
public interface MetadataImage {

    /** Offset of the last metadata record folded in, -1 for none. */
    long offset();

    String clusterId();

    /** Brokers that are registered and not fenced, by id. */
    Map<Integer, BrokerImage> brokers();

    /** Every topic, in no order. */
    Collection<TopicImage> topics();

    @Nullable
    TopicImage topic(String name);

    @Nullable
    TopicImage topic(Uuid id);

    /** What was set for this topic itself (not defaults), by Kafka's config names; empty if nothing. */
    Map<String, String> topicConfigs(String topic);

    /** What was set dynamically for this broker; "" is the cluster-wide default. */
    Map<String, String> brokerConfigs(String brokerId);

    /** What was set for this group. */
    Map<String, String> groupConfigs(String groupId);

    /** Finalized feature levels by name. */
    Map<String, Short> features();

    default @Nullable PartitionImage partition(String topic, int index) {
        TopicImage image = topic(topic);
        return image == null ? null : image.partition(index);
    }
}
