package dev.barnabas.broker;

import dev.barnabas.broker.internal.config.BrokerSettings;
import dev.barnabas.broker.internal.controller.ControlPlane;
import dev.barnabas.broker.internal.controller.Policies;
import dev.barnabas.broker.internal.exec.BrokerThreads;
import dev.barnabas.broker.internal.exec.LateBufferPool;
import dev.barnabas.broker.internal.exec.RandomIds;
import dev.barnabas.broker.internal.exec.SystemClock;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.group.GroupService;
import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.net.ConnectionLimits;
import dev.barnabas.broker.internal.net.FrontEnd;
import dev.barnabas.broker.internal.net.FrontEndSettings;
import dev.barnabas.broker.internal.net.ListenerSpec;
import dev.barnabas.broker.internal.net.Transport;
import dev.barnabas.broker.internal.partition.PartitionService;
import dev.barnabas.broker.internal.request.HandlerTable;
import dev.barnabas.broker.internal.request.RequestDispatcher;
import dev.barnabas.broker.spi.BrokerListener;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import dev.barnabas.storage.log.LogDirectory;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assembly: makes the parts, in this order, and takes them apart in the opposite one, also when making them fails half
 * way.
 *
 * <pre>
 *             +-> ports (bound, closed to clients) -------------------------+
 *   threads --+                                                             +-> registration, topics -> ports open
 *             +-> log directory -> control plane -> partitions -> groups ---+
 * </pre>
 */
final class RunningBroker implements AutoCloseable, BrokerThreads.BugReporter {
    private static final Logger log = LoggerFactory.getLogger(RunningBroker.class);

    private static final int BLOCKING_THREADS_MAX = 3;
    private static final long START_SECONDS_MAX = 120;

    /** A listen backlog below this would turn a burst of clients away; Kafka's default of 50 does. */
    private static final int BACKLOG_MIN = 4096;

    /** Part of the heap that groups may fill, if {@link Limits#groupBytes()} leaves it open. */
    private static final int GROUPS_HEAP_SHARE = 8;

    private final BrokerPlan plan;
    private final Clock clock;
    private final RandomIds ids = new RandomIds();
    private final List<BoundListener> listeners = new ArrayList<>();

    private final AtomicBoolean closed = new AtomicBoolean();
    private int nodeId;
    private String clusterId = "";
    private @Nullable BrokerThreads threads;
    private @Nullable FrontEnd frontEnd;
    private @Nullable DataOpening dataOpening;
    private @Nullable Policies policies;

    private RunningBroker(BrokerPlan plan) {
        this.plan = plan;
        this.clock = plan.clock() == null ? new SystemClock() : plan.clock();
    }

    /**
     * @throws BrokerException if it cannot be; nothing is left behind
     * @throws IllegalArgumentException if a property is of the wrong type or out of range
     */
    static RunningBroker start(BrokerPlan plan) {
        RunningBroker broker = new RunningBroker(plan);
        try {
            broker.assemble();
            return broker;
        } catch (BrokerException e) {
            broker.takeApart();
            throw e;
        } catch (StorageException | IOException | UncheckedIOException e) {
            broker.takeApart();
            throw new BrokerException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            broker.takeApart();
            throw e;
        }
    }

    private void assemble() throws IOException {
        long beganNanos = clock.nanos();
        BrokerSettings settings = BrokerSettings.of(plan.properties());
        nodeId = Integer.parseInt(settings.texts().getOrDefault("node.id", "0").trim());
        List<Listener> wanted = plan.listeners().isEmpty()
                ? new ListenerProperties(settings.texts()).listeners(plan.defaultListener())
                : plan.listeners();
        Path directory = directory(settings);
        policies = policies(settings.texts());
        threads = new BrokerThreads("barnabas-" + nodeId, BLOCKING_THREADS_MAX, this);
        Timers timers = threads.timers(clock);
        dataOpening = new DataOpening(directory, timers, settings);
        threads.blocking(dataOpening);
        Transport transport = Transport.best();
        bind(transport, wanted, settings);
        Data data = joined(dataOpening.data);
        clusterId = data.store().properties().clusterId();
        LiveConnectionLimits limits = connectionLimits(data);
        register(data, settings);
        open(data, timers, limits);
        announce(transport, directory, beganNanos);
    }

    private static @Nullable Policies policies(Map<String, String> properties) {
        boolean areNamed = properties.containsKey(KafkaPolicies.CREATE_TOPIC)
                || properties.containsKey(KafkaPolicies.ALTER_CONFIG);
        return areNamed ? KafkaPolicies.of(properties) : null;
    }

    /** Opens the data, on a thread that may block, while the ports are taken. */
    private final class DataOpening implements Runnable {

        private final @Nullable Path directory;
        private final Timers timers;
        private final BrokerSettings settings;
        private final CompletableFuture<Data> data = new CompletableFuture<>();

        DataOpening(@Nullable Path directory, Timers timers, BrokerSettings settings) {
            this.directory = directory;
            this.timers = timers;
            this.settings = settings;
        }

        @Override
        public void run() {
            try {
                data.complete(openData(directory, timers, settings));
            } catch (RuntimeException | Error e) {
                data.completeExceptionally(e);
            }
        }
    }

    /** Opens the log directory and reads the metadata. */
    private Data openData(@Nullable Path directory, Timers timers, BrokerSettings settings) {
        LogDirectory store = null;
        var buffers = new LateBufferPool(opened(threads));
        ByteBufAllocator seldom = new UnpooledByteBufAllocator(false);
        try {
            FileSystem files = files(directory);
            store = LogDirectory.open(files, plan.clusterId(), nodeId, LogConfig.DEFAULTS, seldom, ids, clock.wallMs());
            return partsOver(store, files, directory != null, timers, settings, seldom, buffers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            closeQuietly(store);
            throw e;
        }
    }

    private FileSystem files(@Nullable Path directory) throws IOException {
        FileSystem files = directory == null ? new MemoryFileSystem("memory") : new DiskFileSystem(directory);
        return plan.disk() == null ? files : plan.disk().apply(files);
    }

    private Data partsOver(
            LogDirectory store,
            FileSystem files,
            boolean durable,
            Timers timers,
            BrokerSettings settings,
            ByteBufAllocator seldom,
            ByteBufAllocator buffers) {
        BrokerThreads lanes = opened(threads);
        String cluster = store.properties().clusterId();
        ControlPlane control = new ControlPlane(
                lanes,
                clock,
                store,
                files,
                durable,
                settings,
                cluster,
                nodeId,
                ids,
                plan.limits().partitions(),
                policies,
                seldom);
        MetadataCache metadata = control.metadata();
        PartitionService partitions = new PartitionService(
                lanes, timers, clock, store, metadata, control.configs(), control.controller(), nodeId, buffers);
        GroupService groups = new GroupService(
                timers,
                clock,
                partitions,
                metadata,
                control.controller(),
                control.configs(),
                plan.limits().groupsPerPartition(),
                plan.limits().offsetsPerGroup(),
                groupBytesMax(),
                ids,
                buffers);
        control.addListener(partitions);
        control.addListener(groups);
        return new Data(store, control, partitions, groups, buffers);
    }

    /** What is opened while the ports are taken. */
    private record Data(
            LogDirectory store,
            ControlPlane control,
            PartitionService partitions,
            GroupService groups,
            ByteBufAllocator buffers) {}

    private void bind(Transport transport, List<Listener> wanted, BrokerSettings settings) throws IOException {
        BrokerThreads loopThreads = opened(threads);
        int cores = Runtime.getRuntime().availableProcessors();
        List<EventLoop> loops = transport.openLoops(cores, loopThreads.loopThreads());
        loopThreads.open(loops);
        frontEnd = new FrontEnd(frontEndSettings(settings), transport, loops, clock);
        for (Listener listener : wanted) {
            InetSocketAddress bound =
                    frontEnd.bind(new ListenerSpec(listener.name(), listener.host(), listener.port()));
            listeners.add(advertised(listener, bound.getPort()));
        }
    }

    private void register(Data data, BrokerSettings settings) {
        ControlPlane control = data.control();
        await(control.start(
                endpoints(),
                settings.texts().get("broker.rack"),
                ids.get(),
                data.store().properties().directoryId()));
        data.partitions().start();
        data.groups().start();
        createTopics(control);
    }

    /** Told of alterations before they are answered. */
    private LiveConnectionLimits connectionLimits(Data data) {
        List<String> names = new ArrayList<>();
        for (BoundListener listener : listeners) {
            names.add(listener.name());
        }
        var limits = new LiveConnectionLimits(data.control().configs(), names, opened(threads), opened(frontEnd));
        data.control().addListener(limits);
        return limits;
    }

    private void open(Data data, Timers timers, ConnectionLimits limits) {
        var dispatcher = new RequestDispatcher(
                plan.interceptors(), timers, opened(threads).lane("delays"));
        opened(frontEnd)
                .open(
                        new HandlerTable(List.of(data.control(), data.partitions(), data.groups())),
                        dispatcher,
                        data.buffers(),
                        limits);
    }

    private static <T> T joined(CompletableFuture<T> part) {
        try {
            return part.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("part of the broker: none (expected: one made before)");
        }
        return part;
    }

    private FrontEndSettings frontEndSettings(BrokerSettings settings) {
        Map<String, String> texts = settings.texts();
        int frameBytesMax = (int) number(texts, "socket.request.max.bytes", 104_857_600);
        long queued = number(texts, "queued.max.request.bytes", -1);
        long memory = plan.limits().requestMemoryBytes();
        if (memory == 0) {
            memory = queued > 0 ? queued : Runtime.getRuntime().maxMemory() / 2;
        }
        return new FrontEndSettings(
                frameBytesMax,
                memory,
                memory / 4,
                plan.limits().requestsInFlight(),
                number(texts, "connections.max.idle.ms", 600_000),
                (int) number(texts, "quota.window.num", 11),
                TimeUnit.SECONDS.toMillis(number(texts, "quota.window.size.seconds", 1)),
                (int) Math.max(BACKLOG_MIN, number(texts, "socket.listen.backlog.size", BACKLOG_MIN)));
    }

    private long groupBytesMax() {
        long bytes = plan.limits().groupBytes();
        return bytes > 0 ? bytes : Runtime.getRuntime().maxMemory() / GROUPS_HEAP_SHARE;
    }

    /** Settings are checked, so what is there parses. */
    private static long number(Map<String, String> texts, String name, long otherwise) {
        String text = texts.get(name);
        return text == null ? otherwise : Long.parseLong(text.trim());
    }

    private static BoundListener advertised(Listener listener, int boundPort) throws UnknownHostException {
        String host = listener.advertisedHost() != null ? listener.advertisedHost() : listener.host();
        if (host.isEmpty() || host.equals("0.0.0.0") || host.equals("::")) {
            host = InetAddress.getLocalHost().getCanonicalHostName();
        }
        return new BoundListener(
                listener.name(), host, listener.advertisedPort() == 0 ? boundPort : listener.advertisedPort());
    }

    /** Null for memory. */
    private @Nullable Path directory(BrokerSettings settings) {
        if (plan.dataDir() != null) {
            return plan.dataDir();
        }
        String list = settings.texts().getOrDefault("log.dirs", settings.texts().get("log.dir"));
        if (list == null) {
            return null;
        }
        int comma = list.indexOf(',');
        if (comma >= 0) {
            log.warn("Uses the first log directory only log.dirs={}", list);
        }
        return Path.of((comma < 0 ? list : list.substring(0, comma)).trim());
    }

    private Map<String, Endpoint> endpoints() {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        for (BoundListener listener : listeners) {
            endpoints.put(listener.name(), new Endpoint(listener.host(), listener.port()));
        }
        return endpoints;
    }

    private void createTopics(ControlPlane control) {
        if (!plan.topics().isEmpty()) {
            InitialTopics topics = new InitialTopics(plan.topics());
            topics.check(await(control.controller()
                    .forward(
                            topics.request(),
                            InitialTopics.VERSION,
                            topics.context(listeners.get(0).name(), clock.wallMs()))));
        }
    }

    private void announce(Transport transport, @Nullable Path directory, long beganNanos) {
        log.info(
                "Broker started node={} cluster={} bootstrap.servers={} data={} transport={} ms={}",
                nodeId,
                clusterId,
                listeners.get(0).address(),
                directory == null ? "memory" : directory,
                transport.name(),
                TimeUnit.NANOSECONDS.toMillis(clock.nanos() - beganNanos));
        for (BrokerListener listener : plan.brokerListeners()) {
            listener.started(listeners.get(0).address());
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new BrokerException("start failed: " + reason(e), e.getCause());
        } catch (TimeoutException e) {
            throw new BrokerException("start took longer than " + START_SECONDS_MAX + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("start was interrupted", e);
        }
    }

    /** The innermost failure of the storage, which names directory and cause; else what failed. */
    private static String reason(ExecutionException failure) {
        String reason = String.valueOf(failure.getCause());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageException) {
                reason = String.valueOf(cause.getMessage());
            }
        }
        return reason;
    }

    @Override
    public void report(String where, Throwable bug) {
        log.error("A task failed lane=\"{}\"", where, bug);
        for (BrokerListener listener : plan.brokerListeners()) {
            listener.failed(where, bug);
        }
    }

    private void takeApart() {
        if (threads != null) {
            threads.runUninterrupted("close", this::takeApartHere);
        }
        // 6. Nobody asks the policies any more.
        closeQuietly(policies);
    }

    private void takeApartHere() {
        Data data = dataIfOpened();
        // 1. No request comes in any more.
        closeQuietly(frontEnd);
        if (data != null) {
            // 2. Groups stop waiting for their members, partitions keeping house, and nothing is decided any more.
            closeQuietly(data.groups()::close);
            closeQuietly(data.partitions()::close);
            closeQuietly(data.control());
        }
        // 3. No task runs any more.
        closeQuietly(threads);
        if (frontEnd != null) {
            // 4. Nobody is left who could answer a request.
            closeQuietly(frontEnd::dropUnanswered);
        }
        if (data != null) {
            // 5. What the logs hold is written, by this thread alone, and the directory is free.
            closeQuietly(data.store());
        }
    }

    /** Waits for the opening, if it has begun; null if it has not, or failed and so cleaned up after itself. */
    private @Nullable Data dataIfOpened() {
        try {
            return dataOpening == null ? null : dataOpening.data.join();
        } catch (CompletionException failed) {
            return null;
        }
    }

    private static void closeQuietly(@Nullable AutoCloseable part) {
        if (part != null) {
            try {
                part.close();
            } catch (StorageException e) {
                log.error("A part of the broker could not be closed cause={}", e.getMessage());
            } catch (Exception e) {
                log.error("A part of the broker could not be closed", e);
            }
        }
    }

    List<BoundListener> listeners() {
        return listeners;
    }

    int nodeId() {
        return nodeId;
    }

    String clusterId() {
        return clusterId;
    }

    BrokerStatus status() {
        if (closed.get()) {
            return BrokerStatus.CLOSED;
        }
        Data data = dataIfOpened();
        return data != null && data.store().offline() ? BrokerStatus.STORAGE_OFFLINE : BrokerStatus.RUNNING;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            takeApart();
            for (BrokerListener listener : plan.brokerListeners()) {
                listener.closed();
            }
        }
    }
}
