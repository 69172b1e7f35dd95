package dev.barnabas.broker.internal.config;

import dev.barnabas.storage.LogConfig;

/**
 * Live values: what was set dynamically, else in the broker's properties, else the default. Any thread; a value may
 * change between two calls, so read once per decision.
 */
public interface Configs {

    /** The broker's value of a property, by Kafka's name, as its type: Integer, Long, Short, Double, Boolean, String, List. */
    Object broker(String name);

    default int brokerInt(String name) {
        return ((Number) broker(name)).intValue();
    }

    default long brokerLong(String name) {
        return ((Number) broker(name)).longValue();
    }

    default boolean brokerBoolean(String name) {
        return (Boolean) broker(name);
    }

    default String brokerString(String name) {
        return String.valueOf(broker(name));
    }

    /** A topic's effective value of a topic property; its override, else the broker's default for it. */
    Object topic(String topic, String name);

    /** A topic's effective log configuration. */
    LogConfig logConfig(String topic);

    /** A group's effective value of a group property. */
    Object group(String groupId, String name);
}
