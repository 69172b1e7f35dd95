package dev.barnabas.broker.internal.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The properties a broker was started with, checked. A name that Kafka does not define is reported in the log and has no
 * effect but to be listed among the broker's properties, as in Kafka, so that a {@code server.properties} can be taken as it
 * is. Immutable.
 */
public final class BrokerSettings {
    private static final Logger log = LoggerFactory.getLogger(BrokerSettings.class);

    private final Map<String, String> texts;

    private BrokerSettings(Map<String, String> texts) {
        this.texts = texts;
    }

    /**
     * Checks every property that Kafka defines, also where it is set for one listener.
     *
     * @throws InvalidValueException for the first that is of the wrong type or out of range
     */
    public static BrokerSettings of(Map<String, String> properties) {
        var texts = new LinkedHashMap<String, String>();
        var unknown = new TreeSet<String>();
        for (var entry : properties.entrySet()) {
            String name = entry.getKey();
            Property property = BrokerProperties.base(name);
            texts.put(name, entry.getValue());
            if (property != null) {
                property.parse(name, entry.getValue());
            } else if (!belongsToPlugin(name)) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            log.warn("Ignored properties that no broker has names={}", unknown);
        }
        addAliases(texts);
        var settings = new BrokerSettings(Collections.unmodifiableMap(texts));
        if (texts.containsKey(ConnectionOverrides.LIMIT)) {
            ConnectionOverrides.checkLimit(settings::value);
        }
        return settings;
    }

    /** Kafka passes properties behind these prefixes on to a listener or plug-in, unseen. */
    private static boolean belongsToPlugin(String name) {
        return name.startsWith("listener.name.")
                || name.startsWith("rlmm.config.")
                || name.startsWith("rsm.config.")
                || name.startsWith("config.providers.");
    }

    /** {@code node.id} and {@code broker.id} are two names of one thing, which Kafka wants to be set: 0 here if it is not. */
    private static void addAliases(Map<String, String> texts) {
        String nodeId = texts.get("node.id");
        String brokerId = texts.get("broker.id");
        if (nodeId == null) {
            nodeId = brokerId == null ? "0" : brokerId;
            texts.put("node.id", nodeId);
        }
        if (brokerId == null) {
            texts.put("broker.id", nodeId);
        } else if (!nodeId.trim().equals(brokerId.trim())) {
            throw new InvalidValueException("broker.id", brokerId, "node.id, which is " + nodeId);
        }
    }

    /** What was set, by name, as it was written, whether Kafka defines it or not. */
    public Map<String, String> texts() {
        return texts;
    }

    /** What was set, else the default, as a value; null if there is neither. */
    public @Nullable Object value(String name) {
        Property property = BrokerProperties.get(name);
        String text = texts.get(name);
        return text == null ? property.defaultValue() : property.parse(text);
    }
}
