package dev.barnabas.broker.internal.exec;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Timers in the deadline queues of the I/O loops: the loop of the caller if it is one, else the lane's home. */
final class LoopTimers implements Timers {

    private final BrokerThreads threads;

    LoopTimers(BrokerThreads threads) {
        this.threads = threads;
    }

    @Override
    public Timer schedule(Lane lane, long delayMs, Runnable task) {
        Future<?> future = loopFor(lane).schedule(() -> lane.execute(task), delayMs, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    private EventExecutor loopFor(Lane lane) {
        BrokerThread thread = BrokerThread.current(threads);
        EventExecutor own = thread == null ? null : thread.loop();
        if (own != null) {
            return own;
        }
        return threads.loopOf(lane);
    }
}
