package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.spi.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock that a test moves, and timers that fire as it does. */
public final class ManualTime implements Clock, Timers {

    private final List<Entry> entries = new ArrayList<>();
    private long nowMs = 1_700_000_000_000L;
    private long scheduled;

    @Override
    public long wallMs() {
        return nowMs;
    }

    @Override
    public long nanos() {
        return nowMs * 1_000_000;
    }

    @Override
    public Timer schedule(Lane lane, long delayMs, Runnable task) {
        var entry = new Entry(lane, nowMs + delayMs, scheduled++, task);
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    /** Lets {@code ms} pass, running what falls due, each at its own time. */
    public void pass(long ms) {
        long end = nowMs + ms;
        while (true) {
            var next = entries.stream()
                    .filter(entry -> entry.dueMs <= end)
                    .min(Comparator.comparingLong(Entry::dueMs).thenComparingLong(Entry::order));
            if (next.isEmpty()) {
                break;
            }
            entries.remove(next.get());
            nowMs = Math.max(nowMs, next.get().dueMs);
            next.get().lane.execute(next.get().task);
        }
        nowMs = end;
    }

    /** How many timers are set. */
    int timers() {
        return entries.size();
    }

    /** How many timers were ever set. */
    long scheduled() {
        return scheduled;
    }

    private record Entry(Lane lane, long dueMs, long order, Runnable task) {}
}
