package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.message.GroupMetadataValue;
import org.jspecify.annotations.Nullable;

/** A record of {@code __consumer_offsets}: one of its key's facts, or a tombstone that ends it. */
sealed interface GroupRecord {

    /** The group's id: its key's part that decides on the partition. */
    String group();

    /**
     * The offset committed for a partition.
     *
     * @param offset null: removed
     */
    record Offset(
            String group,
            String topic,
            int partition,
            @Nullable CommittedOffset offset) implements GroupRecord {}

    /**
     * A classic group's members and generation.
     *
     * @param value null: the group is gone
     */
    record Metadata(String group, @Nullable GroupMetadataValue value) implements GroupRecord {}
}
