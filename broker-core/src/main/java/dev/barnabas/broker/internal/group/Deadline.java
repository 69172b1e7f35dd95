package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Timers.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A timeout that is put off far more often than it passes, such as a member's session. To put it off writes one number;
 * the one timer there is looks at that number when it fires, and goes on waiting for the rest.
 */
final class Deadline {

    private final GroupTimers timers;
    private final GroupTimers.Action action;
    private long dueNanos;
    private long firesNanos;
    private @Nullable Timer timer;

    Deadline(GroupTimers timers, GroupTimers.Action action) {
        this.timers = timers;
        this.action = action;
    }

    /** Lets the action run {@code delayMs} from now, and not before. */
    void reset(long delayMs) {
        dueNanos = timers.nanos() + delayMs * 1_000_000;
        if (timer == null || dueNanos - firesNanos < 0) {
            cancel();
            arm(delayMs);
        }
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void arm(long delayMs) {
        firesNanos = timers.nanos() + delayMs * 1_000_000;
        timer = timers.schedule(delayMs, this::onFired);
    }

    private Outcome onFired() {
        timer = null;
        long leftNanos = dueNanos - timers.nanos();
        if (leftNanos > 0) {
            arm((leftNanos + 999_999) / 1_000_000);
            return Outcome.NOTHING;
        }
        return action.run();
    }
}
