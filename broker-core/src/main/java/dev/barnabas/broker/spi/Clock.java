package dev.barnabas.broker.spi;

import org.jspecify.annotations.Nullable;

/**
 * The broker's only source of time. Implementations are called from every thread of the broker and must not block.
 *
 * <p>A clock either runs by itself, at the pace of the machine's, or stands until somebody moves it. The second kind
 * implements {@link #onMoved}; {@link dev.barnabas.broker.ManualClock} is one.
 */
public interface Clock {

    /** Wall clock, milliseconds since the epoch: for what clients and files see. May jump. */
    long wallMs();

    /** Monotonic time in nanoseconds from an arbitrary origin: for deadlines. */
    long nanos();

    /**
     * Has {@code listener} called after each move of a clock that somebody moves, on the mover's thread; it does not block.
     * A broker on such a clock lets what waits for a time (fetches, sessions, retention, idle connections, delays of
     * interceptors) wait for this clock alone. One that runs by itself, which is the default, returns null: the broker then
     * waits by the machine's timers.
     *
     * @return ends the calls; null if the clock runs by itself, and {@code listener} will never be called
     */
    default @Nullable Subscription onMoved(Runnable listener) {
        return null;
    }

    /** See {@link #onMoved}. */
    interface Subscription {

        /** Idempotent; any thread. A call that has begun may still end. */
        void cancel();
    }
}
