package dev.barnabas.broker.internal.partition;

import dev.barnabas.protocol.Uuid;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The partitions of one topic that are hosted here. Replaced, not changed, on the controller's lane; read by everyone. */
public final class HostedTopic {

    private final String name;
    private final Uuid id;
    private final @Nullable LocalPartition[] partitions;

    HostedTopic(String name, Uuid id) {
        this(name, id, new LocalPartition[0]);
    }

    private HostedTopic(String name, Uuid id, @Nullable LocalPartition[] partitions) {
        this.name = name;
        this.id = id;
        this.partitions = partitions;
    }

    public String name() {
        return name;
    }

    public Uuid id() {
        return id;
    }

    /** Null if the partition is not hosted here. */
    public @Nullable LocalPartition partition(int index) {
        return index >= 0 && index < partitions.length ? partitions[index] : null;
    }

    /** Length of the range of indexes in use. */
    int size() {
        return partitions.length;
    }

    /** With {@code partition} in its place; null takes it away. */
    HostedTopic with(int index, @Nullable LocalPartition partition) {
        @Nullable LocalPartition[] next = Arrays.copyOf(partitions, Math.max(partitions.length, index + 1));
        next[index] = partition;
        return new HostedTopic(name, id, next);
    }
}
