package dev.barnabas.broker.internal.config;

import dev.barnabas.storage.LogConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Live values: what was set dynamically, else in the broker's properties, else the default. Any thread; a value may
 * change between two calls, so read once per decision.
 */
public interface Configs {

    /**
     * The broker's value of a property, by Kafka's name, as its type: Integer, Long, Short, Double, Boolean, String,
     * List; null if it is not set and has no default.
     *
     * @throws IllegalArgumentException if Kafka has no such property
     */
    @Nullable
    Object broker(String name);

    default int brokerInt(String name) {
        return ((Number) set(name, broker(name))).intValue();
    }

    default long brokerLong(String name) {
        return ((Number) set(name, broker(name))).longValue();
    }

    default boolean brokerBoolean(String name) {
        return (Boolean) set(name, broker(name));
    }

    default String brokerString(String name) {
        return String.valueOf(set(name, broker(name)));
    }

    /** The value for one listener: what is set for it alone ({@code listener.name.LISTENER.NAME}), else {@link #broker}. */
    default @Nullable Object listener(String listener, String name) {
        return broker(name);
    }

    default int listenerInt(String listener, String name) {
        return ((Number) set(name, listener(listener, name))).intValue();
    }

    /** The value of a LIST property; empty if it is not set. */
    @SuppressWarnings("unchecked")
    default List<String> brokerList(String name) {
        Object value = broker(name);
        return value == null ? List.of() : (List<String>) value;
    }

    /** A topic's effective value of a topic property; its override, else the broker's default for it. */
    Object topic(String topic, String name);

    /** A topic's effective log configuration. */
    LogConfig logConfig(String topic);

    /** A group's effective value of a group property; its override, else the broker's default for it. */
    Object group(String groupId, String name);

    private static Object set(String name, @Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException(name + ": not set (expected: a value)");
        }
        return value;
    }
}
