package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Timers.Timer;

/** A shard's time: its clocks, and timers whose actions are operations of the shard. Lane only. */
interface GroupTimers {

    /** Wall clock, milliseconds. */
    long wallMs();

    /** Monotonic time. */
    long nanos();

    /** Runs {@code action} as an operation of the shard in {@code delayMs} milliseconds, unless cancelled before. */
    Timer schedule(long delayMs, Action action);

    /** What happens when time has passed. */
    @FunctionalInterface
    interface Action {
        Outcome run();
    }
}
