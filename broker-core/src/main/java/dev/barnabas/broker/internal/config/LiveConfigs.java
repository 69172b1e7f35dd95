package dev.barnabas.broker.internal.config;

import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.storage.LogConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The values in force: the broker's settings with the newest metadata image laid over them. The image is taken in
 * before any {@link dev.barnabas.broker.internal.metadata.MetadataListener} hears of it, so listeners already read the
 * new values.
 *
 * <p>Values are parsed once and kept until what they come from changes. Any thread, without a lock.
 */
public final class LiveConfigs implements Configs {

    private final BrokerSettings settings;
    private final String brokerId;
    private final ConcurrentHashMap<String, TopicValues> overridden = new ConcurrentHashMap<>();
    private volatile MetadataImage image;
    private volatile BrokerValues values;

    /**
     * @param brokerId this broker's id, whose dynamic values count
     * @param image what was set dynamically so far
     */
    public LiveConfigs(BrokerSettings settings, int brokerId, MetadataImage image) {
        this.settings = settings;
        this.brokerId = Integer.toString(brokerId);
        this.image = image;
        this.values = new BrokerValues(settings.texts(), image.brokerConfigs(""), image.brokerConfigs(this.brokerId));
    }

    /** Takes in a newer image; on the controller's lane. */
    public void follow(MetadataImage now) {
        Map<String, String> forAll = now.brokerConfigs("");
        Map<String, String> forThis = now.brokerConfigs(brokerId);
        image = now;
        if (forAll != values.dynamicForAll || forThis != values.dynamicForThis) {
            values = new BrokerValues(settings.texts(), forAll, forThis);
        }
    }

    /** Drops what is kept for a topic that has gone. */
    public void forget(String topic) {
        overridden.remove(topic);
    }

    @Override
    public @Nullable Object broker(String name) {
        return values.get(name);
    }

    @Override
    public @Nullable Object listener(String listener, String name) {
        return values.get(BrokerProperties.ofListener(listener, name), name);
    }

    @Override
    public Object topic(String topic, String name) {
        return of(topic).get(name);
    }

    @Override
    public LogConfig logConfig(String topic) {
        return of(topic).logConfig();
    }

    @Override
    public Object group(String groupId, String name) {
        Property property = GroupProperties.get(name);
        Object override = parse(property, image.groupConfigs(groupId).get(name));
        return override != null ? override : values.defaultOf(property);
    }

    /**
     * What would be in force if {@code properties} were all that is set dynamically for this broker, or for all brokers.
     *
     * @param oneBroker whether they are set for this broker alone
     */
    BrokerValues with(Map<String, String> properties, boolean oneBroker) {
        return new BrokerValues(
                settings.texts(),
                oneBroker ? image.brokerConfigs("") : properties,
                oneBroker ? properties : image.brokerConfigs(brokerId));
    }

    /** What was set when the broker started. */
    public BrokerSettings settings() {
        return settings;
    }

    /** A topic's value of a property, given what is set for it; null for an internal one that is not. */
    @Nullable
    Object topicValue(Map<String, String> set, Property property) {
        Object override = parse(property, set.get(property.name()));
        return override != null || property.internal() ? override : values.defaultOf(property);
    }

    private TopicValues of(String topic) {
        BrokerValues broker = values;
        Map<String, String> overrides = image.topicConfigs(topic);
        if (overrides.isEmpty()) {
            return broker.topicDefaults;
        }
        TopicValues known = overridden.get(topic);
        if (known == null || known.overrides != overrides || known.broker != broker) {
            known = new TopicValues(broker, overrides);
            overridden.put(topic, known);
        }
        return known;
    }

    /** The value, or null if there is none or it is none: what a newer broker may have stored. */
    private static @Nullable Object parse(Property property, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return property.parse(text);
        } catch (InvalidValueException e) {
            return null;
        }
    }

    /** The broker's values under one set of dynamic ones. */
    static final class BrokerValues {
        private static final Object NOT_SET = new Object();

        private final Map<String, String> settings;
        private final Map<String, String> dynamicForAll;
        private final Map<String, String> dynamicForThis;
        private final ConcurrentHashMap<String, Object> parsed = new ConcurrentHashMap<>();
        private final TopicValues topicDefaults = new TopicValues(this, Map.of());

        BrokerValues(
                Map<String, String> settings, Map<String, String> dynamicForAll, Map<String, String> dynamicForThis) {
            this.settings = settings;
            this.dynamicForAll = dynamicForAll;
            this.dynamicForThis = dynamicForThis;
        }

        @Nullable
        Object get(String name) {
            Object value = parsed.get(name);
            if (value == null) {
                value = find(BrokerProperties.get(name));
                parsed.put(name, value == null ? NOT_SET : value);
            }
            return value == NOT_SET ? null : value;
        }

        /** The value of {@code listenersName}, which stands for a broker's property for one listener, else of that property. */
        @Nullable
        Object get(String listenersName, String name) {
            Object value = parsed.get(listenersName);
            if (value == null) {
                value = findSet(BrokerProperties.get(name), listenersName);
                parsed.put(listenersName, value == null ? NOT_SET : value);
            }
            return value == null || value == NOT_SET ? get(name) : value;
        }

        private @Nullable Object find(Property property) {
            Object value = findSet(property, property.name());
            return value != null ? value : property.defaultValue();
        }

        private @Nullable Object findSet(Property property, String name) {
            for (Map<String, String> layer : List.of(dynamicForThis, dynamicForAll, settings)) {
                Object value = parse(property, layer.get(name));
                if (value != null) {
                    return value;
                }
            }
            return null;
        }

        /** The default of a topic's or group's property: the broker's value under its synonyms, in Kafka's order. */
        Object defaultOf(Property property) {
            String synonym = property.brokerSynonym();
            Object value = synonym == null
                    ? null
                    : switch (synonym) {
                        case "log.retention.ms" -> retentionMs();
                        case "log.roll.ms" -> firstOf(get(synonym), hours("log.roll.hours"));
                        case "log.roll.jitter.ms" -> firstOf(get(synonym), hours("log.roll.jitter.hours"));
                        case "log.flush.interval.ms" -> firstOf(get(synonym), get("log.flush.scheduler.interval.ms"));
                        default -> get(synonym);
                    };
            if (value == null) {
                value = property.defaultValue();
            }
            if (value == null) {
                throw new IllegalStateException(property.name() + ": not set (expected: a value)");
            }
            return value;
        }

        private @Nullable Object retentionMs() {
            Object minutes = get("log.retention.minutes");
            Object value = firstOf(
                    get("log.retention.ms"),
                    minutes == null
                            ? hours("log.retention.hours")
                            : (Object) (((Number) minutes).longValue() * 60_000));
            return value != null && ((Number) value).longValue() < 0 ? (Object) (-1L) : value;
        }

        private @Nullable Object hours(String name) {
            Object hours = get(name);
            return hours == null ? null : (Object) (((Number) hours).longValue() * 3_600_000);
        }

        private static @Nullable Object firstOf(@Nullable Object first, @Nullable Object second) {
            return first != null ? first : second;
        }
    }

    /** A topic's values under one set of overrides and one of broker values. */
    private static final class TopicValues {
        private final BrokerValues broker;
        private final Map<String, String> overrides;
        private final ConcurrentHashMap<String, Object> parsed = new ConcurrentHashMap<>();
        private volatile @Nullable LogConfig logConfig;

        TopicValues(BrokerValues broker, Map<String, String> overrides) {
            this.broker = broker;
            this.overrides = overrides;
        }

        Object get(String name) {
            Object value = parsed.get(name);
            if (value == null) {
                Property property = TopicProperties.get(name);
                value = parse(property, overrides.get(name));
                if (value == null) {
                    value = broker.defaultOf(property);
                }
                parsed.put(name, value);
            }
            return value;
        }

        LogConfig logConfig() {
            LogConfig known = logConfig;
            if (known == null) {
                known = build();
                logConfig = known;
            }
            return known;
        }

        private LogConfig build() {
            var policy = (List<?>) get("cleanup.policy");
            Object expirationMs = broker.get("producer.id.expiration.ms");
            return LogConfig.builder()
                    .segmentBytes(segmentBytes())
                    .segmentMs(number("segment.ms"))
                    .segmentJitterMs(number("segment.jitter.ms"))
                    .segmentIndexBytes((int) number("segment.index.bytes"))
                    .indexIntervalBytes((int) number("index.interval.bytes"))
                    .preallocate((Boolean) get("preallocate"))
                    .retentionBytes(number("retention.bytes"))
                    .retentionMs(number("retention.ms"))
                    .fileDeleteDelayMs(number("file.delete.delay.ms"))
                    .flushMessages(number("flush.messages"))
                    .flushMs(number("flush.ms"))
                    .cleanupPolicy(policy.contains("delete"), policy.contains("compact"))
                    .minCleanableDirtyRatio((Double) get("min.cleanable.dirty.ratio"))
                    .minCompactionLagMs(number("min.compaction.lag.ms"))
                    .maxCompactionLagMs(number("max.compaction.lag.ms"))
                    .deleteRetentionMs(number("delete.retention.ms"))
                    .maxMessageBytes((int) number("max.message.bytes"))
                    .logAppendTime("LogAppendTime".equals(get("message.timestamp.type")))
                    .producerIdExpirationMs(expirationMs == null ? Long.MAX_VALUE : ((Number) expirationMs).longValue())
                    .build();
        }

        /** {@code internal.segment.bytes} allows segments smaller than {@code segment.bytes} may name. */
        private int segmentBytes() {
            String small = overrides.get("internal.segment.bytes");
            return (int) (small == null ? number("segment.bytes") : number("internal.segment.bytes"));
        }

        private long number(String name) {
            return ((Number) get(name)).longValue();
        }
    }
}
