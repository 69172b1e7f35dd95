package dev.barnabas.broker.internal.exec;

import dev.barnabas.broker.spi.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Timers by a clock that somebody moves: looked at when one is set, and when the clock has been moved. */
final class ClockTimers implements Timers {

    private final BrokerThreads threads;
    private final Clock clock;

    /** What the clock showed at first: its origin is arbitrary, so times count from here. */
    private final long beganNanos;

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::dueNanos).thenComparingLong(Entry::order));
    private long scheduled;

    ClockTimers(BrokerThreads threads, Clock clock) {
        this.threads = threads;
        this.clock = clock;
        this.beganNanos = clock.nanos();
    }

    private long nowNanos() {
        return clock.nanos() - beganNanos;
    }

    @Override
    public Timer schedule(Lane lane, long delayMs, Runnable task) {
        long nowNanos = nowNanos();
        long delayNanos = Math.min(TimeUnit.MILLISECONDS.toNanos(delayMs), Long.MAX_VALUE - nowNanos);
        Entry entry = add(lane, nowNanos + delayNanos, task);
        fireDue(); // also what the clock was moved past since it was read
        return () -> remove(entry);
    }

    private synchronized Entry add(Lane lane, long dueNanos, Runnable task) {
        Entry entry = new Entry(lane, dueNanos, scheduled++, task);
        entries.add(entry);
        return entry;
    }

    private synchronized void remove(Entry entry) {
        entries.remove(entry);
    }

    /** Hands what is due to its lanes, the oldest first. Any thread; the tasks run on the loops. */
    void fireDue() {
        for (Entry due : takeDue()) {
            try {
                threads.loopOf(due.lane).execute(() -> due.lane.execute(due.task));
            } catch (RejectedExecutionException brokerClosed) {
                return;
            }
        }
    }

    private synchronized List<Entry> takeDue() {
        List<Entry> due = new ArrayList<>();
        for (Entry first = entries.peek(); first != null && first.dueNanos <= nowNanos(); first = entries.peek()) {
            due.add(entries.remove());
        }
        return due;
    }

    private record Entry(Lane lane, long dueNanos, long order, Runnable task) {
        /** One timer is like no other. */
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order);
        }
    }
}
