package dev.barnabas.broker.internal.net;

import dev.barnabas.broker.internal.request.HandlerTable;
import dev.barnabas.broker.internal.request.RequestDecoder;
import dev.barnabas.broker.internal.request.RequestDispatcher;
import dev.barnabas.broker.spi.Clock;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners of one broker and the connections they took.
 *
 * <pre>
 *   NEW --bind--> BOUND (ports are ours, the kernel queues who connects) --open--> OPEN --close--> CLOSED
 * </pre>
 */
public final class FrontEnd implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FrontEnd.class);
    /** Connections that a listener accepts in one go. */
    static final int ACCEPTS_AT_ONCE = 256;

    private static final long STALL_CHECK_MS = 1000;
    private static final long CLOSE_SECONDS_MAX = 10;

    private final FrontEndSettings settings;
    private final Transport transport;
    private final List<EventLoop> loops;
    private final Clock clock;
    private final RequestMemory requestMemory;
    private final ResponseMemory responseMemory;

    /** For records in old formats, apart, so that old consumers that read slowly stand in each other's way only. */
    private final ResponseMemory conversionMemory;

    private final List<Channel> servers = new ArrayList<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /** Requests that have no answer, of connections that are closed. */
    private final Set<Exchange> unanswered = ConcurrentHashMap.newKeySet();

    /** What connections read into, by loop. */
    private final Map<EventLoop, SpareBuffers> buffers = new HashMap<>();

    private final AtomicInteger nextLoop = new AtomicInteger();
    private final AtomicLong nextConnectionId = new AtomicLong();
    private final AtomicBoolean watchingForStalls = new AtomicBoolean();
    private @Nullable ConnectionCounts counts;
    private @Nullable RequestDecoder decoder;
    private @Nullable RequestDispatcher dispatcher;
    private @Nullable ByteBufAllocator allocator;
    private Clock.@Nullable Subscription clockMoves;

    public FrontEnd(FrontEndSettings settings, Transport transport, List<EventLoop> loops, Clock clock) {
        this.settings = settings;
        this.transport = transport;
        this.loops = loops;
        this.clock = clock;
        Runnable onScarcity = new Runnable() {
            @Override
            public void run() {
                watchForStalls();
            }
        };
        this.requestMemory = new RequestMemory(settings.requestBytesMax(), settings.frameBytesMax(), onScarcity);
        this.responseMemory = new ResponseMemory(settings.responseBytesMax(), onScarcity);
        this.conversionMemory = new ResponseMemory(settings.responseBytesMax() / 2, onScarcity);
    }

    /**
     * Takes the listener's port, accepting nobody yet.
     *
     * @return the address taken
     * @throws IOException if the port is taken or the host unknown
     */
    public InetSocketAddress bind(ListenerSpec listener) throws IOException {
        InetSocketAddress address = listener.host().isEmpty()
                ? new InetSocketAddress(listener.port())
                : new InetSocketAddress(listener.host(), listener.port());
        if (address.isUnresolved()) {
            throw new IOException(
                    "listener " + listener.name() + " host: " + listener.host() + " (expected: a known one)");
        }
        ServerChannel server = transport.newServerChannel();
        ChannelConfig config = server.config();
        config.setAutoRead(false);
        config.setOption(ChannelOption.SO_BACKLOG, settings.backlog());
        config.setOption(ChannelOption.SO_REUSEADDR, true);
        if (config.getRecvByteBufAllocator() instanceof MaxMessagesRecvByteBufAllocator accepts) {
            accepts.maxMessagesPerRead(ACCEPTS_AT_ONCE);
        }
        Acceptor acceptor = new Acceptor(listener.name(), server, this);
        server.pipeline().addLast(acceptor);
        ChannelFuture registered = nextLoop().register(server).awaitUninterruptibly();
        ChannelFuture bound = registered.isSuccess() ? server.bind(address).awaitUninterruptibly() : registered;
        if (!bound.isSuccess()) {
            server.close().awaitUninterruptibly();
            throw new IOException(
                    "listener " + listener.name() + " port: " + listener.port() + " of " + address.getHostString()
                            + " cannot be had: " + bound.cause().getMessage() + " (expected: a free port; 0 takes any)",
                    bound.cause());
        }
        servers.add(server);
        acceptors.add(acceptor);
        return (InetSocketAddress) server.localAddress();
    }

    /**
     * Lets clients in.
     *
     * @param connectionBuffers makes the buffers of the connections
     * @param limits of the number of connections; those that are there stay when one is lowered. When one is raised,
     *     {@link #lookAgain} has to be called
     */
    public void open(
            HandlerTable handlers,
            RequestDispatcher requests,
            ByteBufAllocator connectionBuffers,
            ConnectionLimits limits) {
        counts = new ConnectionCounts(limits, settings);
        allocator = connectionBuffers;
        for (EventLoop loop : loops) {
            buffers.put(loop, new SpareBuffers(connectionBuffers));
        }
        decoder = new RequestDecoder(handlers);
        dispatcher = requests;
        clockMoves = clock.onMoved(new Runnable() {
            @Override
            public void run() {
                onClockMoved();
            }
        });
        for (Channel server : servers) {
            server.config().setAutoRead(true);
        }
    }

    /** Closes the listeners, then the connections. Idempotent. */
    @Override
    public void close() {
        if (clockMoves != null) {
            clockMoves.cancel();
        }
        List<ChannelFuture> closing = new ArrayList<>();
        for (Channel server : servers) {
            closing.add(server.close());
        }
        awaitAll(closing);
        closing.clear();
        for (Connection connection : connections) {
            closing.add(connection.channel().close());
        }
        awaitAll(closing);
        buffers.forEach(FrontEnd::close);
    }

    private static void close(EventLoop loop, SpareBuffers spares) {
        try {
            loop.execute(spares::close);
        } catch (RejectedExecutionException ended) {
            spares.close();
        }
    }

    private static void awaitAll(List<ChannelFuture> closing) {
        for (ChannelFuture future : closing) {
            future.awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    /**
     * Gives back what requests hold that nobody will answer any more, such as those that an interceptor held to the end. When
     * the broker's threads have ended.
     */
    public void dropUnanswered() {
        unanswered.forEach(Exchange::abandon);
        unanswered.clear();
    }

    /** Number of open connections. Any thread. */
    public int connectionCount() {
        return connections.size();
    }

    private void watchForStalls() {
        if (watchingForStalls.compareAndSet(false, true)) {
            loops.get(0)
                    .schedule(this::closeStalled, STALL_CHECK_MS, TimeUnit.MILLISECONDS)
                    .addListener(FrontEnd::reportFailedCheck);
        }
    }

    private static void reportFailedCheck(Future<?> check) {
        if (!check.isSuccess() && !check.isCancelled()) {
            log.error("Stalled connections cannot be looked for", check.cause());
        }
    }

    /** Runs once a second while memory is scarce, also after a check that failed. */
    void closeStalled() {
        watchingForStalls.set(false);
        if (requestMemory.isScarce() || responseMemory.isScarce() || conversionMemory.isScarce()) {
            watchForStalls();
            long now = clock.nanos();
            tellAll(connection -> connection.closeIfStalled(now));
        }
    }

    /** The clock was moved by hand: connections may have become idle, or due to be let in, without a timer's noticing. */
    private void onClockMoved() {
        tellAll(Connection::closeIfIdle);
        lookAgain();
    }

    /** Whether the clock runs by itself, so that a timer can wait for it. */
    boolean isClockRunning() {
        return clockMoves == null;
    }

    /** Lets in who waits and may enter by now. Any thread. */
    public void lookAgain() {
        for (Acceptor acceptor : acceptors) {
            acceptor.lookAgain();
        }
    }

    /** Has each connection do something on its loop, unless the loops have ended. */
    private void tellAll(Consumer<Connection> action) {
        for (Connection connection : connections) {
            try {
                connection.executor().execute(() -> action.accept(connection));
            } catch (RejectedExecutionException brokerClosed) {
                return;
            }
        }
    }

    void opened(Connection connection) {
        connections.add(connection);
    }

    void closed(Connection connection) {
        connections.remove(connection);
    }

    /** The connection of {@code exchange} has closed before its answer came. */
    void unanswered(Exchange exchange) {
        unanswered.add(exchange);
    }

    /** The answer came after all. */
    void answered(Exchange exchange) {
        unanswered.remove(exchange);
    }

    EventLoop nextLoop() {
        return loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
    }

    long nextConnectionId() {
        return nextConnectionId.getAndIncrement();
    }

    FrontEndSettings settings() {
        return settings;
    }

    ConnectionCounts counts() {
        return opened(counts);
    }

    RequestMemory requestMemory() {
        return requestMemory;
    }

    ResponseMemory responseMemory() {
        return responseMemory;
    }

    ResponseMemory conversionMemory() {
        return conversionMemory;
    }

    Clock clock() {
        return clock;
    }

    SpareBuffers buffers(EventLoop loop) {
        return opened(buffers.get(loop));
    }

    ByteBufAllocator allocator() {
        return opened(allocator);
    }

    RequestDecoder decoder() {
        return opened(decoder);
    }

    RequestDispatcher dispatcher() {
        return opened(dispatcher);
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("front end: not open");
        }
        return part;
    }
}
