package dev.barnabas.broker.internal.exec;

/** Schedules work. A timer costs memory only; no thread waits for it. */
public interface Timers {

    /** Runs {@code task} on {@code lane} once {@code delayMs} milliseconds have passed, unless cancelled before. */
    Timer schedule(Lane lane, long delayMs, Runnable task);

    /** A scheduled task. */
    interface Timer {

        /** Prevents the task from running if it has not been handed to its lane. Idempotent; any thread. */
        void cancel();
    }
}
