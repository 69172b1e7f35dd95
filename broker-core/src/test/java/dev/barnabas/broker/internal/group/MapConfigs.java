package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.storage.LogConfig;
import java.util.HashMap;
import java.util.Map;

/** The properties that groups read, at their defaults unless set. */
public final class MapConfigs implements Configs {

    private final Map<String, Object> values = new HashMap<>(Map.of(
            "group.min.session.timeout.ms", 6_000,
            "group.max.session.timeout.ms", 1_800_000,
            "group.max.size", Integer.MAX_VALUE,
            "group.initial.rebalance.delay.ms", 0,
            "offset.metadata.max.bytes", 4_096,
            "offsets.retention.minutes", 10_080,
            "offsets.retention.check.interval.ms", 600_000L,
            "offsets.commit.timeout.ms", 5_000,
            "offsets.topic.num.partitions", 50));

    MapConfigs set(String name, Object value) {
        values.put(name, value);
        return this;
    }

    @Override
    public Object broker(String name) {
        return values.get(name);
    }

    @Override
    public Object topic(String topic, String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public LogConfig logConfig(String topic) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Object group(String groupId, String name) {
        throw new UnsupportedOperationException();
    }
}
