package dev.barnabas.broker.internal.partition;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.TopicPartition;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The partitions this broker hosts. Any thread, without a lock. */
public interface Partitions {

    @Nullable
    Partition find(TopicPartition partition);

    /**
     * @throws ApiException UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER or KAFKA_STORAGE_ERROR if this broker does
     *     not lead it
     */
    Partition leader(TopicPartition partition);

    Collection<? extends Partition> all();
}
