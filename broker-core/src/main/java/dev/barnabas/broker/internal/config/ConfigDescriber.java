package dev.barnabas.broker.internal.config;

import dev.barnabas.broker.internal.config.ConfigDescription.Source;
import dev.barnabas.broker.internal.config.ConfigDescription.Synonym;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes properties in force: value, source and synonyms, as Kafka's DescribeConfigs does. Any thread. */
public final class ConfigDescriber {

    private static final List<String> RETENTION =
            List.of("log.retention.ms", "log.retention.minutes", "log.retention.hours");
    private static final List<String> ROLL = List.of("log.roll.ms", "log.roll.hours");
    private static final List<String> ROLL_JITTER = List.of("log.roll.jitter.ms", "log.roll.jitter.hours");
    private static final List<String> FLUSH = List.of("log.flush.interval.ms", "log.flush.scheduler.interval.ms");

    private final LiveConfigs configs;
    private final String brokerId;

    public ConfigDescriber(LiveConfigs configs, int brokerId) {
        this.configs = configs;
        this.brokerId = Integer.toString(brokerId);
    }

    /** A topic's properties, given what is set for it. */
    public List<ConfigDescription> topic(MetadataImage image, Map<String, String> set) {
        var descriptions = new ArrayList<ConfigDescription>();
        for (Property property : TopicProperties.all()) {
            if (!property.internal() || set.containsKey(property.name())) {
                Object value = configs.topicValue(set, property);
                descriptions.add(
                        describe(image, property, value == null ? null : ConfigType.format(value), set, Source.TOPIC));
            }
        }
        return descriptions;
    }

    /** A group's properties, given what is set for it. */
    public List<ConfigDescription> group(MetadataImage image, String groupId) {
        Map<String, String> set = image.groupConfigs(groupId);
        var descriptions = new ArrayList<ConfigDescription>();
        for (Property property : GroupProperties.all()) {
            String value = ConfigType.format(configs.group(groupId, property.name()));
            descriptions.add(describe(image, property, value, set, Source.GROUP));
        }
        return descriptions;
    }

    /** The properties of a client metrics subscription, given what is set for it. */
    public List<ConfigDescription> clientMetrics(Map<String, String> set) {
        var descriptions = new ArrayList<ConfigDescription>();
        for (Property property : ClientMetricsProperties.all()) {
            String own = set.get(property.name());
            descriptions.add(new ConfigDescription(
                    property.name(),
                    own != null ? own : property.defaultText(),
                    property.type(),
                    own != null ? Source.CLIENT_METRICS : Source.DEFAULT,
                    false,
                    false,
                    own == null ? List.of() : List.of(new Synonym(property.name(), own, Source.CLIENT_METRICS))));
        }
        return descriptions;
    }

    private ConfigDescription describe(
            MetadataImage image, Property property, @Nullable String value, Map<String, String> set, Source own) {
        var synonyms = new ArrayList<Synonym>();
        if (set.containsKey(property.name())) {
            synonyms.add(new Synonym(property.name(), value, own));
        }
        String broker = property.brokerSynonym();
        if (broker != null) {
            synonyms.addAll(brokerSynonyms(image, broker, false));
        } else if (own == Source.GROUP) {
            synonyms.add(new Synonym(property.name(), property.defaultText(), Source.DEFAULT));
        }
        return new ConfigDescription(
                property.name(),
                value,
                property.type(),
                synonyms.isEmpty() ? Source.DEFAULT : synonyms.get(0).source(),
                false,
                false,
                synonyms);
    }

    /** This broker's properties. */
    public List<ConfigDescription> broker(MetadataImage image) {
        var descriptions = new ArrayList<ConfigDescription>();
        for (Property property : BrokerProperties.all()) {
            if (!property.internal() || configs.settings().texts().containsKey(property.name())) {
                Object value = configs.broker(property.name());
                List<Synonym> synonyms = brokerSynonyms(image, property.name(), property.sensitive());
                descriptions.add(describeBroker(property, value, synonyms));
            }
        }
        var others = new TreeMap<String, String>(configs.settings().texts());
        others.putAll(image.brokerConfigs(""));
        others.putAll(image.brokerConfigs(brokerId));
        others.keySet().removeIf(name -> BrokerProperties.find(name) != null);
        others.forEach((name, text) ->
                descriptions.add(describeOther(name, text, brokerSynonyms(image, name, isSecret(name)))));
        return descriptions;
    }

    /** What is set dynamically for all brokers. */
    public List<ConfigDescription> allBrokers(MetadataImage image) {
        var descriptions = new ArrayList<ConfigDescription>();
        image.brokerConfigs("").forEach((name, text) -> {
            Property property = BrokerProperties.find(name);
            List<Synonym> synonyms =
                    List.of(new Synonym(name, isSecret(name) ? null : text, Source.DYNAMIC_DEFAULT_BROKER));
            descriptions.add(
                    property != null ? describeBroker(property, text, synonyms) : describeOther(name, text, synonyms));
        });
        return descriptions;
    }

    private static ConfigDescription describeBroker(Property property, @Nullable Object value, List<Synonym> synonyms) {
        return new ConfigDescription(
                property.name(),
                value == null || property.sensitive() ? null : ConfigType.format(value),
                property.type(),
                synonyms.isEmpty() ? Source.DEFAULT : synonyms.get(0).source(),
                property.scope() == Property.Scope.READ_ONLY,
                property.sensitive(),
                synonyms);
    }

    /** A property of one listener only, or one that Kafka does not know, as a plug-in's: it may be set, and is shown as read-only. */
    private static ConfigDescription describeOther(String name, String text, List<Synonym> synonyms) {
        Property base = BrokerProperties.base(name);
        return new ConfigDescription(
                name,
                isSecret(name) ? null : text,
                base == null ? ConfigType.UNKNOWN : base.type(),
                synonyms.isEmpty() ? Source.DEFAULT : synonyms.get(0).source(),
                true,
                isSecret(name),
                synonyms);
    }

    /** What is not known could be a secret. */
    private static boolean isSecret(String name) {
        Property base = BrokerProperties.base(name);
        return base == null || base.sensitive();
    }

    /**
     * Every value given to a broker's property or one that can stand for it, by rank: dynamic for this broker, dynamic
     * for all, static, default. Those that outrank the first one of the property's own name are left out.
     */
    private List<Synonym> brokerSynonyms(MetadataImage image, String name, boolean sensitive) {
        List<String> names = related(name);
        var synonyms = new ArrayList<Synonym>();
        addSynonyms(synonyms, names, image.brokerConfigs(brokerId), Source.DYNAMIC_BROKER, sensitive);
        addSynonyms(synonyms, names, image.brokerConfigs(""), Source.DYNAMIC_DEFAULT_BROKER, sensitive);
        addSynonyms(synonyms, names, configs.settings().texts(), Source.STATIC_BROKER, sensitive);
        for (String related : names) {
            Property property = BrokerProperties.find(related);
            if (property != null && property.defaultText() != null) {
                synonyms.add(new Synonym(related, sensitive ? null : property.defaultText(), Source.DEFAULT));
            }
        }
        int first = 0;
        while (first < synonyms.size() && !synonyms.get(first).name().equals(name)) {
            first++;
        }
        return synonyms.subList(first, synonyms.size());
    }

    private static void addSynonyms(
            List<Synonym> synonyms, List<String> names, Map<String, String> set, Source source, boolean sensitive) {
        for (String name : names) {
            String text = set.get(name);
            if (text != null) {
                synonyms.add(new Synonym(name, sensitive ? null : text, source));
            }
        }
    }

    private static List<String> related(String name) {
        return switch (name) {
            case "log.retention.ms", "log.retention.minutes", "log.retention.hours" -> RETENTION;
            case "log.roll.ms", "log.roll.hours" -> ROLL;
            case "log.roll.jitter.ms", "log.roll.jitter.hours" -> ROLL_JITTER;
            case "log.flush.interval.ms" -> FLUSH;
            default -> {
                Property base = BrokerProperties.base(name);
                yield base == null || base.name().equals(name) ? List.of(name) : List.of(name, base.name());
            }
        };
    }
}
