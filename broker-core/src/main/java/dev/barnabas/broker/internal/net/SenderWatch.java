package dev.barnabas.broker.internal.net;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether one connection's peer sends the frame at hand fast enough to keep memory that others wait for: {@value
 * #BYTES_PER_SECOND_MIN} bytes a second, after a grace of five seconds. Of a frame that waited in line for its memory, with
 * reading paused, that time counts as grace: what the peer sent meanwhile is there to be read. Frames are numbered from 1.
 * On the connection's loop.
 */
final class SenderWatch {

    private static final long BYTES_PER_SECOND_MIN = 64 * 1024;
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long GRACE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(500);

    private long pausedNanos;
    private long grantedFrame;
    private long grantedNanos;
    private long grantedGraceNanos;

    /** The frame that is watched, since when, and for how long its peer may do nothing. */
    private long frame;

    private long sinceNanos;
    private long graceNanos;

    /** Reading pauses, or goes on. */
    void onPause(long nowNanos) {
        pausedNanos = nowNanos;
    }

    /** A frame gets the memory that it waited for since the pause. */
    void onGranted(long number, long nowNanos) {
        grantedFrame = number;
        grantedNanos = nowNanos;
        grantedGraceNanos = Math.max(GRACE_NANOS_MIN, GRACE_NANOS - (nowNanos - pausedNanos));
    }

    /** What is wrong with a frame of which so many bytes have arrived; null if nothing is. */
    @Nullable
    String problem(long number, int bytes, long nowNanos) {
        if (frame != number) {
            boolean waited = number == grantedFrame;
            frame = number;
            sinceNanos = waited ? grantedNanos : nowNanos;
            graceNanos = waited ? grantedGraceNanos : GRACE_NANOS;
        }
        long nanos = nowNanos - sinceNanos;
        long ms = TimeUnit.NANOSECONDS.toMillis(nanos);
        long wanted = BYTES_PER_SECOND_MIN * ms / 1000;
        return nanos > graceNanos && bytes < wanted
                ? "frame bytes: " + bytes + " after " + ms + " ms (expected: " + wanted + ", as others wait for memory)"
                : null;
    }
}
