package dev.barnabas.broker.internal.config;

import static dev.barnabas.broker.internal.config.Check.OFFSET_RESET;
import static dev.barnabas.broker.internal.config.Check.atLeast;
import static dev.barnabas.broker.internal.config.Check.oneOf;
import static dev.barnabas.broker.internal.config.ConfigType.BOOLEAN;
import static dev.barnabas.broker.internal.config.ConfigType.INT;
import static dev.barnabas.broker.internal.config.ConfigType.STRING;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group's properties (KIP-848, KIP-932, KIP-1071): all that Apache Kafka 4.3 defines, each with the broker property that gives
 * its default.
 */
public final class GroupProperties {

    private static final Map<String, Property> PROPERTIES = new LinkedHashMap<>(32);

    static {
        add("consumer.session.timeout.ms", INT, "45000", "group.consumer.session.timeout.ms", atLeast(1));
        add("consumer.heartbeat.interval.ms", INT, "5000", "group.consumer.heartbeat.interval.ms", atLeast(1));
        add("consumer.assignment.interval.ms", INT, "1000", "group.consumer.assignment.interval.ms", atLeast(0));
        add("share.session.timeout.ms", INT, "45000", "group.share.session.timeout.ms", atLeast(1));
        add("share.heartbeat.interval.ms", INT, "5000", "group.share.heartbeat.interval.ms", atLeast(1));
        add("share.record.lock.duration.ms", INT, "30000", "group.share.record.lock.duration.ms", atLeast(1000));
        add("share.delivery.count.limit", INT, "5", "group.share.delivery.count.limit", atLeast(2));
        add("share.partition.max.record.locks", INT, "2000", "group.share.partition.max.record.locks", atLeast(100));
        add("share.auto.offset.reset", STRING, "latest", null, OFFSET_RESET);
        add("share.isolation.level", STRING, "read_uncommitted", null, oneOf("read_committed", "read_uncommitted"));
        add("share.renew.acknowledge.enable", BOOLEAN, "true", null);
        add("share.assignment.interval.ms", INT, "1000", "group.share.assignment.interval.ms", atLeast(0));
        add("streams.session.timeout.ms", INT, "45000", "group.streams.session.timeout.ms", atLeast(1));
        add("streams.heartbeat.interval.ms", INT, "5000", "group.streams.heartbeat.interval.ms", atLeast(1));
        add("streams.num.standby.replicas", INT, "0", "group.streams.num.standby.replicas", atLeast(0));
        add("streams.initial.rebalance.delay.ms", INT, "3000", "group.streams.initial.rebalance.delay.ms", atLeast(0));
        add("streams.assignment.interval.ms", INT, "1000", "group.streams.assignment.interval.ms", atLeast(0));
    }

    private GroupProperties() {}

    /** The property's definition; null if Kafka has none of this name. */
    public static @Nullable Property find(String name) {
        return PROPERTIES.get(name);
    }

    /** The definition of a property that is known to exist. */
    static Property get(String name) {
        Property property = PROPERTIES.get(name);
        if (property == null) {
            throw new IllegalArgumentException("property: " + name + " (expected: one that Kafka defines)");
        }
        return property;
    }

    /** Every definition. */
    public static Collection<Property> all() {
        return Collections.unmodifiableCollection(PROPERTIES.values());
    }

    private static void add(String name, ConfigType type, @Nullable String defaultText, @Nullable String synonym) {
        add(name, type, defaultText, synonym, Check.ANY);
    }

    private static void add(
            String name, ConfigType type, @Nullable String defaultText, @Nullable String synonym, Check check) {
        PROPERTIES.put(name, new Property(name, type, defaultText, Property.Scope.CLUSTER_WIDE, synonym, check, false));
    }
}
