package dev.barnabas.conformance;

import dev.barnabas.broker.Broker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import kafka.server.ControllerServer;
import kafka.server.KafkaBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.test.ClusterInstance;
import org.apache.kafka.common.test.api.ClusterConfig;
import org.apache.kafka.common.test.api.Type;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.apache.kafka.test.TestUtils;

/**
 * A broker of ours, with its data in memory, as the cluster that a test of Apache Kafka's asks for. It is one broker, however many the
 * test wants, and topics have one replica: what clients see of a topic with more is the same, as long as no broker stops.
 */
final class EmbeddedCluster implements ClusterInstance {
    /** What Apache Kafka's tests call their first broker and their first controller; here one server is both. */
    static final int BROKER_ID = 0;

    static final int CONTROLLER_ID = 3000;

    /** A change of topics is seen at once, but for a busy machine. */
    private static final long WAIT_MS = 5_000;

    private static final String REBALANCE_DELAY = "group.initial.rebalance.delay.ms";

    /** In which a test's consumers have all joined: many tests would wait for longer, for one consumer only. */
    private static final int REBALANCE_DELAY_MS = 300;

    private final ClusterConfig config;
    private Broker broker;
    private Admin asking;
    private boolean stopped;

    EmbeddedCluster(ClusterConfig config) {
        this.config = config;
    }

    @Override
    public void start() {
        // As small a buffer as in Apache Kafka's own clusters for tests: one test relies on it.
        var builder = Broker.builder().inMemory().property("log.cleaner.dedupe.buffer.size", "2097152");
        if (!config.serverProperties().containsKey("listeners")) {
            builder.host("localhost");
        }
        config.serverProperties().forEach(builder::property);
        for (int server : List.of(CONTROLLER_ID, BROKER_ID)) {
            config.perServerOverrideProperties().getOrDefault(server, Map.of()).forEach(builder::property);
        }
        if (Integer.parseInt(config.serverProperties().getOrDefault(REBALANCE_DELAY, "0")) > REBALANCE_DELAY_MS) {
            builder.property(REBALANCE_DELAY, Integer.toString(REBALANCE_DELAY_MS));
        }
        builder.property("offsets.topic.replication.factor", "1").property("default.replication.factor", "1");
        broker = builder.start();
    }

    @Override
    public void stop() {
        stopped = true;
        if (broker != null) {
            if (asking != null) {
                asking.close();
            }
            broker.close();
        }
    }

    @Override
    public boolean started() {
        return broker != null;
    }

    @Override
    public boolean stopped() {
        return stopped;
    }

    @Override
    public Type type() {
        return Type.CO_KRAFT;
    }

    @Override
    public ClusterConfig config() {
        return config;
    }

    @Override
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public String clusterId() {
        return broker.clusterId();
    }

    @Override
    public Set<Integer> brokerIds() {
        return Set.of(broker.nodeId());
    }

    @Override
    public List<Integer> brokerBoundPorts() {
        String address = bootstrapServers();
        return List.of(Integer.valueOf(address.substring(address.lastIndexOf(':') + 1)));
    }

    @Override
    public ListenerName clientListener() {
        return new ListenerName("PLAINTEXT");
    }

    @Override
    public Set<GroupProtocol> supportedGroupProtocols() {
        return Set.of(GroupProtocol.CLASSIC);
    }

    @Override
    public void waitForReadyBrokers() {
        // A broker that has started is ready.
    }

    @Override
    public void createTopic(String topic, int partitions, short replicas, Map<String, String> configs)
            throws InterruptedException {
        ClusterInstance.super.createTopic(topic, partitions, (short) 1, configs);
    }

    @Override
    public void createTopicWithAssignment(String topic, Map<Integer, List<Integer>> assignment)
            throws InterruptedException {
        createTopic(topic, assignment.size(), (short) 1);
    }

    @Override
    public void waitTopicCreation(String topic, int partitions) throws InterruptedException {
        awaitPartitions(topic, partitions);
    }

    @Override
    public void waitTopicDeletion(String topic) throws InterruptedException {
        awaitPartitions(topic, 0);
    }

    private void awaitPartitions(String topic, int count) throws InterruptedException {
        TestUtils.waitForCondition(() -> partitions(topic) == count, WAIT_MS, topic + ": " + count + " partitions");
    }

    /** A client that is ours, for what is not asked by the test itself. */
    private Admin asking() {
        if (asking == null) {
            asking = admin();
        }
        return asking;
    }

    private int partitions(String topic) {
        var admin = asking();
        try {
            if (!admin.listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get()
                    .contains(topic)) {
                return 0;
            }
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .size();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("topic: " + topic, e);
        }
    }

    @Override
    public void ensureConsistentMetadata() {
        // There is one broker, and its metadata is that of its controller.
    }

    @Override
    public void ensureConsistentMetadata(Collection<KafkaBroker> brokers, Collection<ControllerServer> controllers) {
        // There is one broker, and its metadata is that of its controller.
    }

    @Override
    public Optional<FaultHandlerException> firstFatalException() {
        return Optional.empty();
    }

    @Override
    public Optional<FaultHandlerException> firstNonFatalException() {
        return Optional.empty();
    }

    @Override
    public Map<Integer, KafkaBroker> brokers() {
        return Map.of(broker.nodeId(), BrokerStandIn.of(asking(), broker.nodeId()));
    }

    @Override
    public Map<Integer, ControllerServer> controllers() {
        throw notOurs("controllers");
    }

    @Override
    public Set<Integer> controllerIds() {
        throw notOurs("controllerIds");
    }

    @Override
    public ListenerName controllerListenerName() {
        throw notOurs("controllerListenerName");
    }

    @Override
    public String bootstrapControllers() {
        throw notOurs("bootstrapControllers");
    }

    @Override
    public void shutdownBroker(int brokerId) {
        throw notOurs("shutdownBroker");
    }

    @Override
    public void startBroker(int brokerId) {
        throw notOurs("startBroker");
    }

    private static UnsupportedOperationException notOurs(String what) {
        return new UnsupportedOperationException(
                what + ": of Apache Kafka's inside (expected: a test that asks clients only)");
    }
}
