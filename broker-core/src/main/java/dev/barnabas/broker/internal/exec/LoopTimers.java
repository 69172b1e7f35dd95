package dev.barnabas.broker.internal.exec;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Timers in the deadline queues of the I/O loops: the loop of the caller if it is one, else the lane's home. */
final class LoopTimers implements Timers {

    private final BrokerThreads threads;

    LoopTimers(BrokerThreads threads) {
        this.threads = threads;
    }

    @Override
    public Timer schedule(Lane lane, long delayMs, Runnable task) {
        Entry entry = new Entry(lane, task);
        entry.future = loopFor(lane).schedule(entry, delayMs, TimeUnit.MILLISECONDS);
        return entry;
    }

    private EventExecutor loopFor(Lane lane) {
        BrokerThread thread = BrokerThread.current(threads);
        EventExecutor own = thread == null ? null : thread.loop();
        if (own != null) {
            return own;
        }
        return threads.loopOf(lane);
    }

    /** What the loop runs and what the caller may cancel, in one. */
    private static final class Entry implements Runnable, Timer {

        private final Lane lane;
        private final Runnable task;
        private volatile @Nullable Future<?> future;

        Entry(Lane lane, Runnable task) {
            this.lane = lane;
            this.task = task;
        }

        @Override
        public void run() {
            lane.execute(task);
        }

        @Override
        public void cancel() {
            Future<?> scheduled = future;
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }
    }
}
