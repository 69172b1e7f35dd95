package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The appends of one partition that wait to be committed or durable, and one timer for them all. On the lane. */
final class WaitingAppends {

    private final Lane lane;
    private final Timers timers;
    private final Clock clock;
    private final ArrayDeque<WaitingAppend> waiting = new ArrayDeque<>(0);
    private Timers.@Nullable Timer timer;
    private long timerNanos;

    WaitingAppends(Lane lane, Timers timers, Clock clock) {
        this.lane = lane;
        this.timers = timers;
        this.clock = clock;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(WaitingAppend append) {
        waiting.add(append);
        if (timer == null || append.deadlineNanos() - timerNanos < 0) {
            arm(append.deadlineNanos());
        }
    }

    /** Acknowledges what is committed below {@code highWatermark} and durable below {@code durableOffset}. */
    void complete(long highWatermark, long durableOffset) {
        if (!waiting.isEmpty()) {
            end(
                    append -> append.requiredOffset() <= (append.needsCommit() ? highWatermark : durableOffset),
                    append -> append.callback().onAppend(append.result(), null));
        }
    }

    /** Ends all of them with {@code error}. */
    void fail(ApiException error) {
        end(append -> true, append -> append.callback().onAppend(null, error));
    }

    private void end(Predicate<WaitingAppend> ended, Consumer<WaitingAppend> tell) {
        List<WaitingAppend> gone = new ArrayList<>(waiting.size());
        for (Iterator<WaitingAppend> each = waiting.iterator(); each.hasNext(); ) {
            WaitingAppend append = each.next();
            if (ended.test(append)) {
                each.remove();
                gone.add(append);
            }
        }
        if (waiting.isEmpty() && timer != null) {
            timer.cancel();
            timer = null;
        }
        gone.forEach(tell);
    }

    private void arm(long deadlineNanos) {
        if (timer != null) {
            timer.cancel();
        }
        timerNanos = deadlineNanos;
        long delayNanos = Math.max(0, deadlineNanos - clock.nanos());
        timer = timers.schedule(lane, TimeUnit.NANOSECONDS.toMillis(delayNanos + 999_999), this::onTimer);
    }

    private void onTimer() {
        timer = null;
        long now = clock.nanos();
        end(append -> append.deadlineNanos() - now <= 0, append -> append.callback()
                .onAppend(
                        null,
                        new ApiException(
                                ErrorCode.REQUEST_TIMED_OUT,
                                "append: written, and not committed within the request's timeout")));
        long next = Long.MAX_VALUE;
        for (WaitingAppend append : waiting) {
            next = Math.min(next, append.deadlineNanos() - now);
        }
        if (!waiting.isEmpty()) {
            arm(now + next);
        }
    }
}
