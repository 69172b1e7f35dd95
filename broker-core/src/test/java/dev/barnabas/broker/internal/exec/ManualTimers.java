package dev.barnabas.broker.internal.exec;

import java.util.PriorityQueue;

/** Timers that go off, in order of their deadlines, when {@link #advance} moves the clock past them. */
public final class ManualTimers implements Timers {

    private final ManualClock clock;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private long sequence;

    public ManualTimers(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public Timer schedule(Lane lane, long delayMs, Runnable task) {
        Due entry = new Due(clock.wallMs() + delayMs, sequence++, lane, task);
        due.add(entry);
        return () -> due.remove(entry);
    }

    /** Moves the clock by {@code ms}, stopping at each deadline on the way. */
    public void advance(long ms) {
        long until = clock.wallMs() + ms;
        for (Due first = due.peek(); first != null && first.atMs <= until; first = due.peek()) {
            due.remove();
            clock.advance(Math.max(0, first.atMs - clock.wallMs()));
            first.lane.execute(first.task);
        }
        clock.advance(until - clock.wallMs());
    }

    /** Timers that have not gone off. */
    public int pending() {
        return due.size();
    }

    private record Due(long atMs, long sequence, Lane lane, Runnable task) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
