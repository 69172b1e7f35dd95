package dev.barnabas.broker;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A topic to be created when the broker starts, unless it is there already.
 *
 * @param name letters, digits, dots, underscores and hyphens; at most 249
 * @param partitions 1 and up
 * @param configs by Kafka's names: {@code cleanup.policy}, {@code retention.ms}, ...
 */
public record Topic(String name, int partitions, Map<String, String> configs) {

    public Topic {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("topic name: empty (expected: at least one character)");
        }
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions of " + name + ": " + partitions + " (expected: 1 and up)");
        }
        configs = Map.copyOf(configs);
    }

    public Topic(String name, int partitions) {
        this(name, partitions, Map.of());
    }

    /** This topic with one more configuration. */
    public Topic config(String configName, String value) {
        Map<String, String> more = new LinkedHashMap<>(configs);
        more.put(configName, value);
        return new Topic(name, partitions, more);
    }
}
