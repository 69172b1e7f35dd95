package dev.barnabas.broker;

import dev.barnabas.broker.spi.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands until it is moved: sessions end, records expire and fetches give up waiting when the test says so.
 *
 * <pre>{@code
 * var clock = new ManualClock(Instant.now());
 * try (Broker broker = Broker.builder().clock(clock).topic("orders", 1).start()) {
 *     ...
 *     clock.advance(Duration.ofDays(8)); // the records of the last week are gone soon
 * }
 * }</pre>
 *
 * Clients keep time of their own. A fetch that finds nothing waits for a record or for this clock, and a client that gives up
 * on it connects anew. Several brokers may share one clock. Any thread.
 */
public final class ManualClock implements Clock {

    private final long startMs;
    private final AtomicLong passedNanos = new AtomicLong();
    private final Map<Object, Runnable> listeners = new ConcurrentHashMap<>();

    /** @param start what the clock shows until it is moved, to the millisecond */
    public ManualClock(Instant start) {
        startMs = start.toEpochMilli();
    }

    /**
     * Moves the clock, in one step: what was to happen on the way happens at the new time. Returns when all that is due has
     * been handed to the brokers' threads; what comes of it is to be awaited.
     *
     * @throws IllegalArgumentException if {@code by} is negative
     * @throws ArithmeticException if all moves together come to more than 292 years
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("by: " + by + " (expected: not negative)");
        }
        passedNanos.accumulateAndGet(by.toNanos(), Math::addExact);
        listeners.values().forEach(Runnable::run);
    }

    @Override
    public long wallMs() {
        return startMs + TimeUnit.NANOSECONDS.toMillis(passedNanos.get());
    }

    @Override
    public long nanos() {
        return passedNanos.get();
    }

    @Override
    public Subscription onMoved(Runnable listener) {
        Object subscription = new Object();
        listeners.put(subscription, listener);
        return () -> listeners.remove(subscription);
    }

    @Override
    public String toString() {
        return "ManualClock(" + Instant.ofEpochMilli(wallMs()) + ")";
    }
}
