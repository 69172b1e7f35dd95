package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.BrokerImage;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.protocol.Uuid;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a client that asked the wrong broker finds the right one (KIP-951): leaders for the partitions of one response,
 * and the addresses of those leaders on the listener that the client uses. Belongs to one response.
 */
final class LeaderHints {

    private final MetadataImage image;
    private final String listener;
    private final Map<Integer, Node> nodes = new LinkedHashMap<>(2);

    LeaderHints(MetadataCache metadata, String listener) {
        this.image = metadata.image();
        this.listener = listener;
    }

    /** A leader's address. */
    record Node(int id, String host, int port, @Nullable String rack) {}

    /**
     * The partition as the metadata has it, its leader's address noted; null if there is none.
     *
     * @param name the topic's, empty if the client gave its id
     */
    @Nullable
    PartitionImage leaderOf(String name, Uuid id, int partition) {
        TopicImage topic = name.isEmpty() ? image.topic(id) : image.topic(name);
        PartitionImage known = topic == null ? null : topic.partition(partition);
        if (known == null) {
            return null;
        }
        BrokerImage leader = image.brokers().get(known.leader());
        BrokerImage.Endpoint endpoint =
                leader == null ? null : leader.endpoints().get(listener);
        if (leader != null && endpoint != null) {
            nodes.putIfAbsent(leader.id(), new Node(leader.id(), endpoint.host(), endpoint.port(), leader.rack()));
        }
        return known;
    }

    /** Addresses of the leaders that were named. */
    Iterable<Node> nodes() {
        return nodes.values();
    }
}
