package dev.barnabas.broker.internal.config;

import dev.barnabas.broker.internal.metadata.ConfigResource;
import dev.barnabas.broker.internal.metadata.TopicNames;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides whether dynamic properties may be set, with Kafka's error codes. Pure but for the broker's live values. */
public final class ConfigChecks {

    /** What may be set for a listener of all brokers. */
    private static final Set<String> OF_ALL_BROKERS_LISTENERS =
            Set.of(ConnectionOverrides.CONNECTIONS, ConnectionOverrides.CREATION_RATE, "num.network.threads");

    private final LiveConfigs configs;

    /** @param configs what applies beside what is to be set */
    public ConfigChecks(LiveConfigs configs) {
        this.configs = configs;
    }

    /**
     * Checks all that is to be set for a resource, new and old together.
     *
     * @throws ApiException INVALID_CONFIG, INVALID_REQUEST or INVALID_TOPIC_EXCEPTION
     */
    public void check(ConfigResource resource, Map<String, String> properties) {
        switch (resource.type()) {
            case TOPIC -> {
                checkTopicName(resource.name());
                checkTopic(properties);
            }
            case BROKER -> checkBroker(properties, !resource.name().isEmpty());
            case GROUP -> checkGroup(resource.name(), properties);
            case CLIENT_METRICS -> checkClientMetrics(resource.name(), properties);
            case BROKER_LOGGER ->
                throw invalidRequest("resource type: BROKER_LOGGER (expected: one whose properties are stored)");
        }
    }

    private static void checkTopicName(String name) {
        if (name.isEmpty()) {
            throw invalidRequest("topic: empty (expected: a name, since topics have no common defaults)");
        }
        String problem = TopicNames.problem(name);
        if (problem != null) {
            throw new ApiException(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
        }
    }

    /** Checks a topic's own properties. */
    public static void checkTopic(Map<String, String> properties) {
        properties.forEach((name, text) -> checkValue(TopicProperties.find(name), "topic", name, text));
        if ("true"
                .equalsIgnoreCase(
                        properties.getOrDefault("remote.storage.enable", "").trim())) {
            throw invalidConfig("remote.storage.enable: true (expected: false, since there is no remote storage)");
        }
        long min = number(properties, "min.compaction.lag.ms");
        long max = number(properties, "max.compaction.lag.ms");
        if (min > max) {
            throw invalidConfig(
                    "min.compaction.lag.ms: " + min + " (expected: at most max.compaction.lag.ms, " + max + ")");
        }
    }

    private static long number(Map<String, String> properties, String name) {
        Property property = TopicProperties.get(name);
        String text = properties.get(name);
        Object value = text == null ? property.defaultValue() : property.parse(text);
        return value == null ? 0 : ((Number) value).longValue();
    }

    private void checkGroup(String groupId, Map<String, String> properties) {
        if (groupId.isEmpty()) {
            throw invalidRequest("group: empty (expected: an id, since groups have no common defaults)");
        }
        properties.forEach((name, text) -> {
            checkValue(GroupProperties.find(name), "group", name, text);
            checkBounds(name, text);
        });
        for (String kind : List.of("consumer", "share", "streams")) {
            checkHeartbeats(kind, properties);
        }
    }

    /**
     * A broker bounds {@code consumer.x} by {@code group.consumer.min.x} and {@code group.consumer.max.x}, and so on; the bound of
     * {@code streams.num.standby.replicas} leaves {@code num} out.
     */
    private void checkBounds(String name, String text) {
        int dot = name.indexOf('.');
        String kind = "group." + name.substring(0, dot);
        String rest = name.substring(dot);
        Property min = BrokerProperties.find(kind + ".min" + rest);
        Property max = BrokerProperties.find(kind + ".max" + rest.replace(".num.standby.", ".standby."));
        if (min != null && Long.parseLong(text.trim()) < configs.brokerLong(min.name())) {
            throw invalidConfig(name + ": " + text + " (expected: at least " + min.name() + ", "
                    + configs.brokerLong(min.name()) + ")");
        }
        if (max != null && Long.parseLong(text.trim()) > configs.brokerLong(max.name())) {
            throw invalidConfig(name + ": " + text + " (expected: at most " + max.name() + ", "
                    + configs.brokerLong(max.name()) + ")");
        }
    }

    /** A member whose heartbeats are as far apart as its session is long would lose it between two of them. */
    private void checkHeartbeats(String kind, Map<String, String> properties) {
        long sessionMs = groupLong(properties, kind + ".session.timeout.ms");
        long heartbeatMs = groupLong(properties, kind + ".heartbeat.interval.ms");
        if (sessionMs <= heartbeatMs) {
            throw invalidConfig(kind + ".session.timeout.ms: " + sessionMs + " (expected: more than " + kind
                    + ".heartbeat.interval.ms, " + heartbeatMs + ")");
        }
    }

    /** A group's value of a number that the broker has a default for. */
    private long groupLong(Map<String, String> properties, String name) {
        String text = properties.get(name);
        return text == null ? configs.brokerLong("group." + name) : Long.parseLong(text.trim());
    }

    /** KIP-714. An unknown name and an interval out of bounds are INVALID_REQUEST, as in Kafka; the rest is INVALID_CONFIG. */
    private static void checkClientMetrics(String subscription, Map<String, String> properties) {
        if (subscription.isEmpty()) {
            throw invalidRequest("client metrics subscription: empty (expected: a name)");
        }
        properties.forEach((name, text) -> {
            Property property = ClientMetricsProperties.find(name);
            if (property == null) {
                throw invalidRequest(name + ": unknown (expected: a client metrics subscription's property)");
            }
            if (property.type() == ConfigType.INT && isOutOfBounds(property, text)) {
                throw invalidRequest(
                        name + ": " + text + " (expected: " + property.check().expected() + ")");
            }
            checkValue(property, "client metrics subscription", name, text);
        });
    }

    /** Whether the text is of the property's type, but not a value it may have. */
    private static boolean isOutOfBounds(Property property, String text) {
        try {
            return !property.check().allows(property.type().parse(property.name(), text));
        } catch (InvalidValueException notOfTheType) {
            return false;
        }
    }

    private static void checkValue(@Nullable Property property, String owner, String name, String text) {
        if (property == null) {
            throw invalidConfig(name + ": unknown (expected: a " + owner + "'s property)");
        }
        try {
            property.parse(text);
        } catch (InvalidValueException e) {
            throw invalidConfig(String.valueOf(e.getMessage()));
        }
    }

    /** KIP-226: what can change while the broker runs. Names nobody knows are let through, for plug-ins. */
    private static void checkBroker(Map<String, String> properties, boolean oneBroker) {
        properties.forEach((name, text) -> {
            Property property = BrokerProperties.find(name);
            if (property == null) {
                checkListener(name, text, oneBroker);
                return;
            }
            if (property.scope() == Property.Scope.READ_ONLY) {
                throw invalidRequest(name + ": read-only (expected: a property that can change while the broker runs)");
            }
            if (property.scope() == Property.Scope.PER_BROKER && !oneBroker) {
                throw invalidRequest(name + ": set for all brokers (expected: for one by its id)");
            }
            if (name.startsWith("ssl.key") || name.startsWith("ssl.trust")) {
                if (!name.endsWith("manager.algorithm")) {
                    throw invalidRequest(name + ": without a listener (expected: listener.name.NAME." + name + ")");
                }
            }
            checkBrokersValue(property, name, text);
        });
    }

    private static void checkBrokersValue(Property property, String name, String text) {
        try {
            property.parse(name, text);
        } catch (InvalidValueException e) {
            throw invalidRequest(String.valueOf(e.getMessage()));
        }
    }

    /** A property of one listener, if it is one, has the type and range of that which it stands for. */
    private static void checkListener(String name, String text, boolean oneBroker) {
        String ofListeners = BrokerProperties.nameOfListeners(name);
        if (ofListeners == null) {
            return;
        }
        Property property = BrokerProperties.find(ofListeners);
        if (!oneBroker && !OF_ALL_BROKERS_LISTENERS.contains(ofListeners)) {
            throw invalidRequest(name + ": set for all brokers (expected: for one by its id)");
        }
        if (property != null && property.scope() != Property.Scope.READ_ONLY) {
            checkBrokersValue(property, name, text);
        }
    }

    /**
     * Checks what does not go together once {@code properties} are all that is set for one broker, or for all.
     *
     * @param before what was set for it until now
     * @param listeners of this broker
     * @throws ApiException INVALID_REQUEST
     */
    public void checkBrokerTogether(
            Map<String, String> before, Map<String, String> properties, boolean oneBroker, Set<String> listeners) {
        LiveConfigs.BrokerValues values = configs.with(properties, oneBroker);
        try {
            ThreadCounts.checkChange(configs.with(before, oneBroker)::get, values::get);
            ConnectionOverrides.checkLimit(values::get);
        } catch (InvalidValueException e) {
            throw invalidRequest(String.valueOf(e.getMessage()));
        }
        for (String listener : listeners) {
            for (String name : List.of(ConnectionOverrides.CONNECTIONS, ConnectionOverrides.CREATION_RATE)) {
                Object value = values.get(BrokerProperties.ofListener(listener, name), name);
                if (Integer.valueOf(0).equals(value) && !Objects.equals(value, configs.listener(listener, name))) {
                    throw invalidRequest(name + " of listener " + listener + ": 0 (expected: at least 1)");
                }
            }
        }
    }

    private static ApiException invalidConfig(String message) {
        return new ApiException(ErrorCode.INVALID_CONFIG, message);
    }

    private static ApiException invalidRequest(String message) {
        return new ApiException(ErrorCode.INVALID_REQUEST, message);
    }
}
