package dev.barnabas.broker.internal.group;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The classic groups of one shard, by id. Lane only. */
final class Groups {

    private final Map<String, ClassicGroup> byId = new LinkedHashMap<>();

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
        return byId.computeIfAbsent(id, key -> new ClassicGroup(key, nowMs));
    }

    void put(ClassicGroup group) {
        var before = byId.put(group.id(), group);
        if (before != null) {
            before.cancelTimers();
        }
    }

    void remove(String id) {
        var group = byId.remove(id);
        if (group != null) {
            group.cancelTimers();
        }
    }

    /** Whether {@code group} is still the one of its id. */
    boolean contains(ClassicGroup group) {
        return byId.get(group.id()) == group;
    }
}
