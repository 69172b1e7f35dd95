package dev.barnabas.broker.internal.exec;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/** A thread of one broker: it may run that broker's lanes inside a call, without a hop. */
final class BrokerThread extends FastThreadLocalThread {

    private final BrokerThreads owner;

    /** The loop that this thread drives; null for a thread that may block. Found on first use, by this thread. */
    private @Nullable EventExecutor loop;

    /** How many lanes run inside one another on this thread's stack. Touched by this thread only. */
    int laneDepth;

    BrokerThread(BrokerThreads owner, Runnable body, String name) {
        super(null, body, name);
        this.owner = owner;
        setDaemon(true);
    }

    /** The calling thread, if it is one of {@code owner}'s. */
    static @Nullable BrokerThread current(BrokerThreads owner) {
        return Thread.currentThread() instanceof BrokerThread thread && thread.owner == owner ? thread : null;
    }

    @Nullable
    EventExecutor loop() {
        if (loop == null) {
            loop = owner.loopOf(this);
        }
        return loop;
    }
}
