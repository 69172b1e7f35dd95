package dev.barnabas.broker.internal.exec;

import java.util.concurrent.Executor;

/**
 * A serial executor: its tasks run one at a time, in the order they came, each seeing what the one before wrote. State
 * that belongs to a lane is touched by that lane's tasks only. A lane owns no thread.
 */
public interface Lane extends Executor {

    /** What the lane is for, as it appears in logs: {@code partition orders-3}. */
    String name();

    /**
     * Runs {@code task} on this lane. If the lane is free and the calling thread is one of the broker's, it runs before
     * this call returns; otherwise it is queued. A task that throws is the broker's own bug: it is reported, and the lane
     * goes on.
     */
    @Override
    void execute(Runnable task);

    /** Whether the caller is a task of this lane. */
    boolean isCurrent();

    /** Throws an AssertionError if the caller is not a task of this lane. First line of every mutating method. */
    default void assertCurrent() {
        if (!isCurrent()) {
            throw new AssertionError("lane: " + Thread.currentThread().getName() + " (expected: lane " + name() + ")");
        }
    }
}
