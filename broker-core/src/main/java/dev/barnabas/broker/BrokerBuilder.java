package dev.barnabas.broker;

import dev.barnabas.broker.spi.BrokerListener;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.storage.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a broker is to be. Without a call it is in memory, on a free port of the loopback address. A builder may
 * start several brokers. Each method refuses, with an {@link IllegalArgumentException} or {@link IllegalStateException},
 * what contradicts an earlier call. Not for several threads at once.
 */
public final class BrokerBuilder {

    private static final String LOOPBACK = "127.0.0.1";

    private @Nullable String host;
    private @Nullable Integer port;
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private @Nullable Path dataDir;
    private @Nullable UnaryOperator<FileSystem> disk;
    private boolean inMemory;
    private final Map<String, Topic> topics = new LinkedHashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private Limits limits = Limits.defaults();
    private @Nullable Clock clock;
    private final List<RequestInterceptor> interceptors = new ArrayList<>();
    private final List<BrokerListener> brokerListeners = new ArrayList<>();
    private @Nullable String clusterId;

    BrokerBuilder() {}

    /** The port of the default listener; 0, the default, for any free one. */
    public BrokerBuilder port(int number) {
        refuseIf(!listeners.isEmpty(), "port", "listener(...) says where to listen; give it the port");
        refuseIfProperty("port", "listeners");
        new Listener(Listener.DEFAULT_NAME, LOOPBACK, number);
        port = number;
        return this;
    }

    /** The name or address that the default listener binds to and advertises; default 127.0.0.1, empty for all interfaces. */
    public BrokerBuilder host(String name) {
        refuseIf(!listeners.isEmpty(), "host", "listener(...) says where to listen; give it the host");
        refuseIfProperty("host", "listeners");
        host = Objects.requireNonNull(name, "host");
        return this;
    }

    /** Adds a listener; the first is the one that {@link Broker#bootstrapServers()} means. Replaces the default one. */
    public BrokerBuilder listener(Listener listener) {
        refuseIf(
                port != null || host != null,
                "listener",
                "port(...) and host(...) are the default listener's; leave them out");
        refuseIfProperty("listener", "listeners");
        refuseIf(
                listeners.putIfAbsent(listener.name(), listener) != null,
                "listener",
                "there is one named " + listener.name() + "; give each a name of its own");
        return this;
    }

    /** Keeps the data in this directory, which is made if need be. One broker at a time uses it. */
    public BrokerBuilder dataDir(Path directory) {
        refuseIf(inMemory, "dataDir", "inMemory() was called; leave one of the two out");
        refuseIfProperty("dataDir", "log.dirs");
        refuseIfProperty("dataDir", "log.dir");
        dataDir = Objects.requireNonNull(directory, "directory");
        return this;
    }

    /** Puts something between the broker and its files. */
    BrokerBuilder disk(UnaryOperator<FileSystem> decorator) {
        disk = decorator;
        return this;
    }

    /** Keeps the data in memory, until the broker is closed. The default. */
    public BrokerBuilder inMemory() {
        refuseIf(dataDir != null, "inMemory", "dataDir(...) was called; leave one of the two out");
        refuseIfProperty("inMemory", "log.dirs");
        refuseIfProperty("inMemory", "log.dir");
        inMemory = true;
        return this;
    }

    /** Creates a topic before the broker serves, unless it is there. */
    public BrokerBuilder topic(Topic topic) {
        refuseIf(
                topics.putIfAbsent(topic.name(), topic) != null,
                "topic",
                "there is one named " + topic.name() + "; name each topic once");
        return this;
    }

    /** As {@link #topic(Topic)}. */
    public BrokerBuilder topic(String name, int partitions) {
        return topic(new Topic(name, partitions));
    }

    /**
     * Sets a property by the name that Kafka's brokers know it by. An unknown one is reported in the log, and listed by
     * DescribeConfigs without its value, as in Kafka; a wrong value makes {@link #start} fail.
     */
    public BrokerBuilder property(String name, String value) {
        Objects.requireNonNull(value, name);
        switch (name) {
            case "listeners" -> {
                refuseIf(!listeners.isEmpty(), name, "listener(...) says where to listen; leave one of the two out");
                refuseIf(
                        port != null || host != null,
                        name,
                        "port(...) or host(...) was called; leave one of the two out");
            }
            case "log.dirs", "log.dir" -> {
                refuseIf(dataDir != null, name, "dataDir(...) says where the data lies; leave one of the two out");
                refuseIf(inMemory, name, "inMemory() was called; leave one of the two out");
            }
            default -> {}
        }
        properties.put(name, value);
        return this;
    }

    /** Sets many, as {@link #property} does: a {@code server.properties} as it is. */
    public BrokerBuilder properties(Properties all) {
        for (String name : all.stringPropertyNames()) {
            property(name, all.getProperty(name));
        }
        return this;
    }

    /** Bounds on what clients may make the broker hold. */
    public BrokerBuilder limits(Limits bounds) {
        limits = Objects.requireNonNull(bounds, "limits");
        return this;
    }

    /** The broker's source of time; default the machine's. {@link ManualClock} is one that a test moves. */
    public BrokerBuilder clock(Clock source) {
        clock = Objects.requireNonNull(source, "clock");
        return this;
    }

    /** Adds one who sees every request; they are asked in the order of these calls. */
    public BrokerBuilder interceptor(RequestInterceptor interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return this;
    }

    /** Adds one who is told what becomes of the broker. */
    public BrokerBuilder brokerListener(BrokerListener listener) {
        brokerListeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** {@code node.id}; default 0. */
    public BrokerBuilder nodeId(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("nodeId: " + id + " (expected: 0 and up)");
        }
        return property("node.id", Integer.toString(id));
    }

    /** The cluster's id; default the one that the data directory was made for, else a random one. */
    public BrokerBuilder clusterId(String id) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("clusterId: empty (expected: at least one character)");
        }
        clusterId = id;
        return this;
    }

    /** {@code broker.rack}: where the broker stands, for clients that prefer what is near. */
    public BrokerBuilder rack(String name) {
        return property("broker.rack", name);
    }

    /**
     * Starts a broker. When this returns, it serves: topics have leaders, groups a coordinator. When it throws, nothing is
     * left behind.
     *
     * @throws BrokerException if a port is taken, the directory is in use, or a class that a property names as a policy cannot
     *     be used
     * @throws IllegalArgumentException if a property is of the wrong type or out of range
     */
    public Broker start() {
        return Broker.start(plan());
    }

    private BrokerPlan plan() {
        return new BrokerPlan(
                List.copyOf(listeners.values()),
                new Listener(Listener.DEFAULT_NAME, host == null ? LOOPBACK : host, port == null ? 0 : port),
                dataDir,
                disk,
                List.copyOf(topics.values()),
                new LinkedHashMap<>(properties),
                limits,
                clock,
                List.copyOf(interceptors),
                List.copyOf(brokerListeners),
                clusterId);
    }

    private void refuseIfProperty(String call, String property) {
        refuseIf(
                properties.containsKey(property),
                call,
                "the property " + property + " is set; leave one of the two out");
    }

    private static void refuseIf(boolean contradiction, String call, String fix) {
        if (contradiction) {
            throw new IllegalStateException(call + ": " + fix);
        }
    }
}
