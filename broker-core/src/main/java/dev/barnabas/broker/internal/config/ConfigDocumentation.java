package dev.barnabas.broker.internal.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * One sentence on each property, for DescribeConfigs (KIP-569). Read from {@code config-documentation.properties}, where
 * a key is {@code broker.NAME}, {@code topic.NAME}, {@code group.NAME} or {@code client-metrics.NAME}, when first asked
 * for. Any thread.
 */
public final class ConfigDocumentation {

    private ConfigDocumentation() {}

    private static final class Texts {
        static final Properties ALL = load();

        private static Properties load() {
            var properties = new Properties();
            try (InputStream in = ConfigDocumentation.class.getResourceAsStream("config-documentation.properties")) {
                if (in == null) {
                    throw new IllegalStateException("config-documentation.properties: missing from the jar");
                }
                properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return properties;
        }
    }

    /** What is known of the property of a resource of this type (its number in the protocol); null if nothing. */
    public static @Nullable String of(int resourceType, String name) {
        String prefix =
                switch (resourceType) {
                    case 2 -> "topic.";
                    case 4 -> "broker.";
                    case 16 -> "client-metrics.";
                    case 32 -> "group.";
                    default -> "";
                };
        String text = Texts.ALL.getProperty(prefix + name);
        return text != null || !prefix.equals("broker.") ? text : ofDefault(name);
    }

    /** A broker's property without a text of its own gives the default of a topic's or group's. */
    private static @Nullable String ofDefault(String brokerProperty) {
        for (Property property : TopicProperties.all()) {
            if (brokerProperty.equals(property.brokerSynonym())) {
                return "Default of the topics' " + property.name() + ". "
                        + Texts.ALL.getProperty("topic." + property.name());
            }
        }
        for (Property property : GroupProperties.all()) {
            if (brokerProperty.equals(property.brokerSynonym())) {
                return "Default of the groups' " + property.name() + ". "
                        + Texts.ALL.getProperty("group." + property.name());
            }
        }
        return null;
    }
}
