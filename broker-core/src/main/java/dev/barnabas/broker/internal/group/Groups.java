package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.message.GroupMetadataValue;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The classic groups of one shard, by id. Lane only. */
final class Groups {

    private final ShardMemory memory;
    private final Map<String, ClassicGroup> byId = new LinkedHashMap<>();

    Groups(ShardMemory memory) {
        this.memory = memory;
    }

    @Nullable
    ClassicGroup find(String id) {
        return byId.get(id);
    }

    Collection<ClassicGroup> all() {
        return byId.values();
    }

    int size() {
        return byId.size();
    }

    /** The group of that id, a new Empty one if there is none. */
    ClassicGroup getOrCreate(String id, long nowMs) {
        var group = byId.get(id);
        if (group == null) {
            group = new ClassicGroup(id, nowMs, memory);
            put(group);
        }
        return group;
    }

    /** Takes in the group that the log tells of, in the place of the one it told of before. */
    void restore(String id, GroupMetadataValue value) {
        remove(id);
        put(ClassicGroup.restore(id, value, memory));
    }

    private void put(ClassicGroup group) {
        byId.put(group.id(), group);
        memory.add(ClassicGroup.bytes(group.id()));
    }

    void remove(String id) {
        var group = byId.remove(id);
        if (group != null) {
            group.cancelTimers();
            memory.add(-group.bytes());
        }
    }

    /** Whether {@code group} is still the one of its id. */
    boolean contains(ClassicGroup group) {
        return byId.get(group.id()) == group;
    }
}
