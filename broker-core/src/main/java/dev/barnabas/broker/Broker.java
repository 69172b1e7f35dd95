package dev.barnabas.broker;

import java.util.HashMap;
import java.util.Map;

/**
 * A broker that runs in this JVM and speaks Kafka's protocol to any client.
 *
 * <pre>{@code
 * try (Broker broker = Broker.builder().topic("orders", 3).start()) {
 *     var producer = new KafkaProducer<>(broker.clientConfig(), new StringSerializer(), new StringSerializer());
 *     ...
 * }
 * }</pre>
 *
 * Methods may be called from any thread.
 */
public final class Broker implements AutoCloseable {

    private final RunningBroker running;

    private Broker(RunningBroker running) {
        this.running = running;
    }

    /** Where a broker comes from. */
    public static BrokerBuilder builder() {
        return new BrokerBuilder();
    }

    static Broker start(BrokerPlan plan) {
        return new Broker(RunningBroker.start(plan));
    }

    /** {@code host:port} of the first listener, as clients want it for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return running.listeners().get(0).address();
    }

    /**
     * {@code host:port} of a listener.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public String bootstrapServers(String listenerName) {
        for (BoundListener listener : running.listeners()) {
            if (listener.name().equals(listenerName)) {
                return listener.address();
            }
        }
        throw new IllegalArgumentException("listener: " + listenerName + " (expected: one of "
                + running.listeners().stream().map(BoundListener::name).toList() + ")");
    }

    /** What a client needs to connect to the first listener; a new map, the caller's to add to. */
    public Map<String, Object> clientConfig() {
        return clientConfig(running.listeners().get(0).name());
    }

    /** What a client needs to connect to a listener; a new map, the caller's to add to. */
    public Map<String, Object> clientConfig(String listenerName) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers(listenerName));
        return config;
    }

    /** {@code node.id}. */
    public int nodeId() {
        return running.nodeId();
    }

    public String clusterId() {
        return running.clusterId();
    }

    public BrokerStatus status() {
        return running.status();
    }

    /**
     * Stops serving, writes what is unwritten, and gives every thread, port, file and buffer back before it returns.
     * Idempotent. An interrupt of the caller, before or meanwhile, changes nothing of that, and is still there afterwards.
     */
    @Override
    public void close() {
        running.close();
    }

    @Override
    public String toString() {
        return "Broker(" + nodeId() + ", " + bootstrapServers() + ", " + status() + ")";
    }
}
