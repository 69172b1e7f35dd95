package dev.barnabas.broker.internal.net;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether one connection's peer sends the frame at hand fast enough to keep memory that others wait for: {@value
 * #BYTES_PER_SECOND_MIN} bytes a second, after a grace of five seconds. A time for which reading was paused, as for a frame
 * that waits in line for its memory, counts as grace: what the peer sent meanwhile is there to be read. Frames are numbered
 * from 1. On the connection's loop.
 */
final class SenderWatch {

    private static final long BYTES_PER_SECOND_MIN = 64 * 1024;
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long GRACE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(500);

    private long pausedNanos;

    /** The frame that is watched, since when, and for how long its peer may do nothing. */
    private long frame;

    private long sinceNanos;
    private long graceNanos;

    /** Reading pauses. */
    void onPaused(long nowNanos) {
        pausedNanos = nowNanos;
    }

    /** Reading goes on; {@code number} is that of the last frame that has begun, which may be over. */
    void onResumed(long number, long nowNanos) {
        frame = number;
        sinceNanos = nowNanos;
        graceNanos = Math.max(GRACE_NANOS_MIN, GRACE_NANOS - (nowNanos - pausedNanos));
    }

    /** What is wrong with a frame of which so many bytes have arrived; null if nothing is. */
    @Nullable
    String problem(long number, int bytes, long nowNanos) {
        if (frame != number) {
            frame = number;
            sinceNanos = nowNanos;
            graceNanos = GRACE_NANOS;
        }
        long nanos = nowNanos - sinceNanos;
        long ms = TimeUnit.NANOSECONDS.toMillis(nanos);
        long wanted = BYTES_PER_SECOND_MIN * ms / 1000;
        return nanos > graceNanos && bytes < wanted
                ? "frame bytes: " + bytes + " after " + ms + " ms (expected: " + wanted + ", as others wait for memory)"
                : null;
    }
}
