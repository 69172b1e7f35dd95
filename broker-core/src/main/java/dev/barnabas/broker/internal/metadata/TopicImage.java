package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.Uuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A topic: name, id, and its partitions by index. */
public record TopicImage(String name, Uuid id, List<PartitionImage> partitions) {

    public @Nullable PartitionImage partition(int index) {
        return index >= 0 && index < partitions.size() ? partitions.get(index) : null;
    }

    /** Whether only the broker itself writes to it: {@code __consumer_offsets} and its like. */
    public boolean internal() {
        return InternalTopics.isInternal(name);
    }
}
