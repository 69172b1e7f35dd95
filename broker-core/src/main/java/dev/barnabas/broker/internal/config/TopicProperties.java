package dev.barnabas.broker.internal.config;

import static dev.barnabas.broker.internal.config.Check.GZIP_LEVEL;
import static dev.barnabas.broker.internal.config.Check.THROTTLED_REPLICAS;
import static dev.barnabas.broker.internal.config.Check.atLeast;
import static dev.barnabas.broker.internal.config.Check.between;
import static dev.barnabas.broker.internal.config.Check.oneOf;
import static dev.barnabas.broker.internal.config.ConfigType.BOOLEAN;
import static dev.barnabas.broker.internal.config.ConfigType.DOUBLE;
import static dev.barnabas.broker.internal.config.ConfigType.INT;
import static dev.barnabas.broker.internal.config.ConfigType.LIST;
import static dev.barnabas.broker.internal.config.ConfigType.LONG;
import static dev.barnabas.broker.internal.config.ConfigType.STRING;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A topic's properties: all that Apache Kafka 4.3 defines, each with the broker property that gives its default.
 */
public final class TopicProperties {

    private static final Map<String, Property> PROPERTIES = new LinkedHashMap<>(64);

    static {
        add("segment.bytes", INT, "1073741824", "log.segment.bytes", atLeast(1048576));
        add("segment.ms", LONG, "604800000", "log.roll.ms", atLeast(1));
        add("segment.jitter.ms", LONG, "0", "log.roll.jitter.ms", atLeast(0));
        add("segment.index.bytes", INT, "10485760", "log.index.size.max.bytes", atLeast(4));
        add("flush.messages", LONG, "9223372036854775807", "log.flush.interval.messages", atLeast(1));
        add("flush.ms", LONG, "9223372036854775807", "log.flush.interval.ms", atLeast(0));
        add("retention.bytes", LONG, "-1", "log.retention.bytes");
        add("retention.ms", LONG, "604800000", "log.retention.ms", atLeast(-1));
        add("max.message.bytes", INT, "1048588", "message.max.bytes", atLeast(0));
        add("index.interval.bytes", INT, "4096", "log.index.interval.bytes", atLeast(0));
        add("delete.retention.ms", LONG, "86400000", "log.cleaner.delete.retention.ms", atLeast(0));
        add("min.compaction.lag.ms", LONG, "0", "log.cleaner.min.compaction.lag.ms", atLeast(0));
        add("max.compaction.lag.ms", LONG, "9223372036854775807", "log.cleaner.max.compaction.lag.ms", atLeast(1));
        add("file.delete.delay.ms", LONG, "60000", "log.segment.delete.delay.ms", atLeast(0));
        add("min.cleanable.dirty.ratio", DOUBLE, "0.5", "log.cleaner.min.cleanable.ratio", between(0, 1));
        add("cleanup.policy", LIST, "delete", "log.cleanup.policy", oneOf("compact", "delete"));
        add("unclean.leader.election.enable", BOOLEAN, "false", "unclean.leader.election.enable");
        add("min.insync.replicas", INT, "1", "min.insync.replicas", atLeast(1));
        add(
                "compression.type",
                STRING,
                "producer",
                "compression.type",
                oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"));
        add("compression.gzip.level", INT, "-1", "compression.gzip.level", GZIP_LEVEL);
        add("compression.lz4.level", INT, "9", "compression.lz4.level", between(1, 17));
        add("compression.zstd.level", INT, "3", "compression.zstd.level", between(-131072, 22));
        add("preallocate", BOOLEAN, "false", "log.preallocate");
        add(
                "message.timestamp.type",
                STRING,
                "CreateTime",
                "log.message.timestamp.type",
                oneOf("CreateTime", "LogAppendTime"));
        add(
                "message.timestamp.before.max.ms",
                LONG,
                "9223372036854775807",
                "log.message.timestamp.before.max.ms",
                atLeast(0));
        add("message.timestamp.after.max.ms", LONG, "3600000", "log.message.timestamp.after.max.ms", atLeast(0));
        add("leader.replication.throttled.replicas", LIST, "", null, THROTTLED_REPLICAS);
        add("follower.replication.throttled.replicas", LIST, "", null, THROTTLED_REPLICAS);
        add("remote.storage.enable", BOOLEAN, "false", null);
        add("local.retention.ms", LONG, "-2", "log.local.retention.ms", atLeast(-2));
        add("local.retention.bytes", LONG, "-2", "log.local.retention.bytes", atLeast(-2));
        add("remote.log.copy.disable", BOOLEAN, "false", null);
        add("remote.log.delete.on.disable", BOOLEAN, "false", null);
        addInternal("internal.segment.bytes", INT, null, null);
    }

    private TopicProperties() {}

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

    private static void addInternal(
            String name, ConfigType type, @Nullable String defaultText, @Nullable String synonym) {
        PROPERTIES.put(
                name, new Property(name, type, defaultText, Property.Scope.CLUSTER_WIDE, synonym, Check.ANY, true));
    }
}
