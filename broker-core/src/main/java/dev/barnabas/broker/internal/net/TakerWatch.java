package dev.barnabas.broker.internal.net;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether one connection's peer takes what it was sent, while others wait for memory that this holds: some of it
 * every five seconds. On the connection's loop.
 */
final class TakerWatch {

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How much had been taken when it was last more than before, and when that was seen. */
    private long bytesTaken = Long.MIN_VALUE;

    private long sinceNanos;

    /**
     * What is wrong with a peer that has something left to take; null if nothing is.
     *
     * @param bytes taken since the connection was opened
     */
    @Nullable
    String problem(long bytes, long nowNanos) {
        if (bytesTaken != bytes) {
            bytesTaken = bytes;
            sinceNanos = nowNanos;
        }
        long nanos = nowNanos - sinceNanos;
        return nanos > GRACE_NANOS
                ? "response bytes taken: 0 for " + TimeUnit.NANOSECONDS.toMillis(nanos)
                        + " ms (expected: some, as others wait for memory)"
                : null;
    }
}
