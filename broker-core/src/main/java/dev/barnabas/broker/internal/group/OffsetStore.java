package dev.barnabas.broker.internal.group;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The committed offsets of one shard's groups, by group, topic and partition. Lane only. */
final class OffsetStore {

    /** What a committed offset takes beside its texts, roughly: it and its places in the maps. */
    private static final int OFFSET_BYTES = 256;

    private final ShardMemory memory;
    private final Map<String, GroupOffsets> byGroup = new LinkedHashMap<>();

    OffsetStore(ShardMemory memory) {
        this.memory = memory;
    }

    @Nullable
    CommittedOffset get(String group, String topic, int partition) {
        var offsets = byGroup.get(group);
        var ofTopic = offsets == null ? null : offsets.byTopic.get(topic);
        return ofTopic == null ? null : ofTopic.get(partition);
    }

    void put(String group, String topic, int partition, CommittedOffset offset) {
        var offsets = byGroup.computeIfAbsent(group, key -> new GroupOffsets());
        var before =
                offsets.byTopic.computeIfAbsent(topic, key -> new TreeMap<>()).put(partition, offset);
        if (before == null) {
            offsets.count++;
        }
        memory.add(bytes(topic, offset) - bytes(topic, before));
    }

    /** Bytes that {@code offset} takes in memory; none for null. */
    static long bytes(String topic, @Nullable CommittedOffset offset) {
        return offset == null ? 0 : OFFSET_BYTES + GroupMemory.ofTexts(topic, offset.metadata());
    }

    void remove(String group, String topic, int partition) {
        var offsets = byGroup.get(group);
        var ofTopic = offsets == null ? null : offsets.byTopic.get(topic);
        var removed = ofTopic == null ? null : ofTopic.remove(partition);
        if (offsets == null || ofTopic == null || removed == null) {
            return;
        }
        offsets.count--;
        memory.add(-bytes(topic, removed));
        if (ofTopic.isEmpty()) {
            offsets.byTopic.remove(topic);
        }
        if (offsets.byTopic.isEmpty()) {
            byGroup.remove(group);
        }
    }

    /** The offsets of {@code group} by topic and partition: a view. */
    Map<String, ? extends Map<Integer, CommittedOffset>> of(String group) {
        var offsets = byGroup.get(group);
        return offsets == null ? Map.of() : offsets.byTopic;
    }

    /** The groups that have offsets: a view. */
    Iterable<String> groups() {
        return byGroup.keySet();
    }

    /** How many offsets {@code group} has. */
    int count(String group) {
        var offsets = byGroup.get(group);
        return offsets == null ? 0 : offsets.count;
    }

    private static final class GroupOffsets {
        private final Map<String, TreeMap<Integer, CommittedOffset>> byTopic = new LinkedHashMap<>();
        private int count;
    }
}
