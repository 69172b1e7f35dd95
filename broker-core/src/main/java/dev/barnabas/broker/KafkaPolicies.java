package dev.barnabas.broker;

import dev.barnabas.broker.internal.controller.Policies;
import dev.barnabas.broker.internal.metadata.ConfigResource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The policies that the broker's properties name: classes written for Apache Kafka. */
final class KafkaPolicies implements Policies {

    static final String CREATE_TOPIC = "create.topic.policy.class.name";
    static final String ALTER_CONFIG = "alter.config.policy.class.name";

    private final @Nullable KafkaPolicy createTopic;
    private final @Nullable KafkaPolicy alterConfig;

    private KafkaPolicies(Map<String, String> properties) {
        this.createTopic = KafkaPolicy.load(
                CREATE_TOPIC,
                "CreateTopicPolicy",
                properties,
                "java.lang.String",
                "java.lang.Integer",
                "java.lang.Short",
                "java.util.Map",
                "java.util.Map");
        try {
            this.alterConfig = KafkaPolicy.load(
                    ALTER_CONFIG, "AlterConfigPolicy", properties, KafkaPolicy.CONFIG_RESOURCE, "java.util.Map");
        } catch (RuntimeException | Error e) {
            close(createTopic);
            throw e;
        }
    }

    /**
     * Loads and configures them, by the calling thread's context class loader. Here, so that a start without any loads no class
     * of theirs.
     *
     * @param properties of the broker
     * @throws BrokerException if one cannot be had
     */
    static Policies of(Map<String, String> properties) {
        return new KafkaPolicies(properties);
    }

    @Override
    public void checkCreation(
            String topic,
            @Nullable Integer partitions,
            @Nullable Short replicationFactor,
            @Nullable Map<Integer, List<Integer>> assignments,
            Map<String, String> configs) {
        if (createTopic != null) {
            createTopic.validate(topic, partitions, replicationFactor, assignments, configs);
        }
    }

    @Override
    public void checkAlteration(ConfigResource resource, Map<String, @Nullable String> changes) {
        if (alterConfig != null) {
            alterConfig.validate(alterConfig.configResource(resource.type().id(), resource.name()), changes);
        }
    }

    @Override
    public void close() {
        close(createTopic);
        close(alterConfig);
    }

    private static void close(@Nullable KafkaPolicy policy) {
        if (policy != null) {
            policy.close();
        }
    }
}
