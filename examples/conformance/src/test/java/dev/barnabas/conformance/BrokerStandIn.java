package dev.barnabas.conformance;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaBroker;
import kafka.server.KafkaConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.metadata.LeaderAndIsr;
import org.apache.kafka.metadata.MetadataCache;

/**
 * The little that Apache Kafka's tests look for inside its broker, its configuration and its picture of topics, as our broker tells
 * clients. All else is refused.
 */
final class BrokerStandIn {
    private final Admin admin;
    private final int nodeId;
    private final MetadataCache metadata = standIn(MetadataCache.class, new Metadata());

    /** @param admin a client of our broker, which the caller closes */
    static KafkaBroker of(Admin admin, int nodeId) {
        return standIn(KafkaBroker.class, new BrokerStandIn(admin, nodeId));
    }

    private BrokerStandIn(Admin admin, int nodeId) {
        this.admin = admin;
        this.nodeId = nodeId;
    }

    public boolean isShutdown() {
        return false;
    }

    public MetadataCache metadataCache() {
        return metadata;
    }

    /** With the roles and listeners that Apache Kafka's own class cannot do without. */
    public KafkaConfig config() throws InterruptedException, ExecutionException {
        var broker = new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(nodeId));
        var properties = new Properties();
        for (var entry :
                admin.describeConfigs(List.of(broker)).all().get().get(broker).entries()) {
            if (entry.value() != null) {
                properties.setProperty(entry.name(), entry.value());
            }
        }
        properties.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", Integer.toString(nodeId),
                "listeners", "PLAINTEXT://:0,CONTROLLER://:0",
                "advertised.listeners", "PLAINTEXT://:0,CONTROLLER://:0",
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", nodeId + "@localhost:9093",
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"));
        return KafkaConfig.fromProps(properties);
    }

    private Optional<TopicDescription> topic(String name) throws InterruptedException, ExecutionException {
        try {
            return Optional.of(
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private final class Metadata {
        public Optional<Integer> numPartitions(String topic) throws InterruptedException, ExecutionException {
            return topic(topic).map(found -> found.partitions().size());
        }

        public Optional<LeaderAndIsr> getLeaderAndIsr(String topic, int partition)
                throws InterruptedException, ExecutionException {
            return topic(topic)
                    .map(found -> found.partitions().get(partition))
                    .map(found -> new LeaderAndIsr(
                            found.leader().id(),
                            found.isr().stream().map(Node::id).toList()));
        }
    }

    /** Answers with the method of {@code methods} that has the same name and parameters. */
    @SuppressWarnings("unchecked")
    private static <T> T standIn(Class<T> type, Object methods) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            try {
                var ours = methods.getClass().getDeclaredMethod(method.getName(), method.getParameterTypes());
                return ours.invoke(methods, arguments);
            } catch (NoSuchMethodException e) {
                throw new UnsupportedOperationException(
                        method + ": of Apache Kafka's inside (expected: what clients are told too)", e);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}
