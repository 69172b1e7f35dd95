package dev.barnabas.broker.internal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the connections of one listener and gives each to a loop. One that is too many, or comes too fast, waits, and with it
 * all that come after: those which were accepted together with it here, where they are at most
 * {@link FrontEnd#ACCEPTS_AT_ONCE}, the others in the kernel's queue.
 *
 * <pre>
 *          accepted --> ACCEPTING --one has to wait--> HOLDING --nobody waits any more--> ACCEPTING
 *                                                      |     ^
 *                                 a connection closes, a limit changes, time passes: lets in whom it can
 * </pre>
 *
 * On the listener's loop, unless a method says otherwise.
 */
final class Acceptor extends InboundHandler {
    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** Below: a slow reader is served on. Above: it has to take what it was sent first. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private static final long PAUSE_MS = 100;

    private final String listenerName;
    private final Channel server;
    private final FrontEnd frontEnd;

    /** Connections of this listener; more on its loop only, fewer on any thread. */
    private final AtomicInteger open = new AtomicInteger();

    /** Accepted, and not let in yet, the oldest first. */
    private final ArrayDeque<Channel> waiting = new ArrayDeque<>(1);

    /** Of this listener; null until there is a limit. */
    private @Nullable CreationRate rate;

    /** Whether the next to be let in is counted among those that came, and when it may enter by that. */
    private boolean isNextCounted;

    private long nextDueNanos;

    private boolean isTimerSet;

    /** Whether somebody waits: others then have to tell what changes. */
    private volatile boolean isHolding;

    private final AtomicBoolean isToLookAgain = new AtomicBoolean();

    Acceptor(String listenerName, Channel server, FrontEnd frontEnd) {
        this.listenerName = listenerName;
        this.server = server;
        this.frontEnd = frontEnd;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel channel = (Channel) message;
        if (waiting.isEmpty() && mayEnter()) {
            letIn(channel);
        } else {
            hold(channel);
        }
    }

    private void hold(Channel channel) {
        waiting.add(channel);
        if (!isHolding) {
            isHolding = true;
            server.config().setAutoRead(false);
            letWaitingIn(); // for what changed before others knew that it matters here
        }
    }

    private void letWaitingIn() {
        if (!server.isOpen()) {
            return; // the broker closes: the places that come free are for nobody
        }
        while (!waiting.isEmpty() && mayEnter()) {
            letIn(waiting.remove());
        }
        if (waiting.isEmpty() && isHolding) {
            isHolding = false;
            server.config().setAutoRead(true);
        }
    }

    /** Whether the next connection may enter; if so, it has a place. */
    private boolean mayEnter() {
        if (!isNextCounted) {
            isNextCounted = true;
            nextDueNanos = frontEnd.clock().nanos();
            nextDueNanos += TimeUnit.MILLISECONDS.toNanos(delayMs(TimeUnit.NANOSECONDS.toMillis(nextDueNanos)));
        }
        long waitNanos = nextDueNanos - frontEnd.clock().nanos();
        if (waitNanos > 0) {
            lookAgainIn(waitNanos);
            return false;
        }
        if (!takePlace()) {
            return false;
        }
        isNextCounted = false;
        return true;
    }

    private long delayMs(long nowMs) {
        ConnectionLimits limits = frontEnd.counts().limits();
        int ofBroker = limits.creationRateMax(listenerName);
        int ofListener = limits.creationRateOfListenerMax(listenerName);
        long delayMs = 0;
        if (ofBroker != ConnectionLimits.UNLIMITED) {
            delayMs = frontEnd.counts().delayMs(ofBroker, nowMs);
        }
        if (ofListener != ConnectionLimits.UNLIMITED) {
            if (rate == null) {
                rate = frontEnd.counts().newRate();
            }
            delayMs = Math.max(delayMs, rate.count(ofListener, nowMs));
        }
        return delayMs;
    }

    private boolean takePlace() {
        ConnectionLimits limits = frontEnd.counts().limits();
        boolean isTaken = open.get() < limits.connectionsOfListenerMax(listenerName)
                && frontEnd.counts().takePlace(limits.connectionsMax(listenerName));
        if (isTaken) {
            open.incrementAndGet();
        } else if (!isHolding) {
            log.warn("Connections wait, as many are open as may be listener={} open={}", listenerName, open);
        }
        return isTaken;
    }

    /** Any thread. */
    private void givePlaceBack() {
        open.decrementAndGet();
        frontEnd.counts().givePlaceBack();
        frontEnd.lookAgain();
    }

    private void lookAgainIn(long waitNanos) {
        if (!isTimerSet && frontEnd.isClockRunning()) {
            isTimerSet = true;
            server.eventLoop().schedule(this::onTimer, waitNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void onTimer() {
        isTimerSet = false;
        letWaitingIn();
    }

    /** Something changed by which somebody who waits may enter. Any thread. */
    void lookAgain() {
        if (isHolding && isToLookAgain.compareAndSet(false, true)) {
            try {
                server.eventLoop().execute(this::onLookAgain);
            } catch (RejectedExecutionException brokerClosed) {
                log.debug("Nobody is let in any more listener={}", listenerName);
            }
        }
    }

    private void onLookAgain() {
        isToLookAgain.set(false);
        letWaitingIn();
    }

    private void letIn(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            channel.unsafe().closeForcibly();
            givePlaceBack();
            return;
        }
        InetAddress address = remote.getAddress();
        if (!frontEnd.counts().enter(address)) {
            log.warn("Refused a connection, its peer has too many listener={} remote={}", listenerName, remote);
            channel.unsafe().closeForcibly();
            givePlaceBack();
            return;
        }
        channel.closeFuture().addListener(closed -> {
            frontEnd.counts().leave(address);
            givePlaceBack();
        });
        ChannelConfig config = channel.config();
        config.setAllocator(frontEnd.allocator());
        config.setWriteBufferWaterMark(WATER_MARK);
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        EventLoop loop = frontEnd.nextLoop();
        Connection connection = new Connection(
                frontEnd.nextConnectionId(), channel, listenerName, frontEnd, frontEnd.buffers(loop), false);
        config.setRecvByteBufAllocator(new FrameRecvAllocator(connection.frames()));
        channel.pipeline().addLast(connection);
        loop.register(channel).addListener((ChannelFutureListener) registered -> {
            if (!registered.isSuccess()) {
                registered.channel().unsafe().closeForcibly();
            }
        });
    }

    /** The listener is closed, and so are those who wait. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.forEach(channel -> channel.unsafe().closeForcibly());
        waiting.clear();
        context.fireChannelInactive();
    }

    /** Accepting failed, most likely for want of file descriptors: leaves the queue to the kernel for a moment. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.warn("Cannot accept connections listener={} cause={}", listenerName, cause.toString());
        server.config().setAutoRead(false);
        server.eventLoop().schedule(this::onPauseEnd, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void onPauseEnd() {
        if (!isHolding) {
            server.config().setAutoRead(true);
        }
    }
}
