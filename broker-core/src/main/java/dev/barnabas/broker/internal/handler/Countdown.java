package dev.barnabas.broker.internal.handler;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs an action when all parts of a request are done, on the thread of the last. Holds one part of its own until
 * {@link #start}, so that parts may be done while others are still being added.
 */
final class Countdown {

    private final AtomicInteger missing = new AtomicInteger(1);
    private final Runnable action;

    Countdown(Runnable action) {
        this.action = action;
    }

    /** One part more to wait for. */
    void add() {
        missing.incrementAndGet();
    }

    /** One part is done. What its thread wrote before is visible to the action. */
    void done() {
        if (missing.decrementAndGet() == 0) {
            action.run();
        }
    }

    /** No more parts come. */
    void start() {
        done();
    }
}
