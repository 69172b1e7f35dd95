package dev.barnabas.broker.internal.exec;

import dev.barnabas.broker.spi.Clock;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one broker: I/O loops, which run its lanes as well, and a few that may block, started when first needed
 * and gone when idle.
 */
public final class BrokerThreads implements Lanes, AutoCloseable {

    private static final String BLOCKING = "-blocking-";
    private static final long BLOCKING_IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS_MAX = 30;

    private final String name;
    private final BugReporter bugs;
    private final ThreadPoolExecutor blocking;
    private final AtomicInteger nextHome = new AtomicInteger();
    private final Queue<Thread> started = new ConcurrentLinkedQueue<>();
    private volatile List<? extends EventExecutor> loops = List.of();
    private Clock.@Nullable Subscription clockMoves;

    /**
     * Without loops yet: lanes can be made, and tasks that block can run.
     *
     * @param name prefix of the threads' names
     * @param blockingThreadsMax how many tasks may block at the same time
     */
    public BrokerThreads(String name, int blockingThreadsMax, BugReporter bugs) {
        this.name = name;
        this.bugs = bugs;
        this.blocking = new ThreadPoolExecutor(
                blockingThreadsMax,
                blockingThreadsMax,
                BLOCKING_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new NumberedThreads(BLOCKING));
        blocking.allowCoreThreadTimeOut(true);
    }

    /** Makes the threads of the loops. */
    public ThreadFactory loopThreads() {
        return new NumberedThreads("-io-");
    }

    /**
     * Has lanes run on {@code opened}, loops on {@link #loopThreads}; once, before a lane is given a task by a thread that
     * is not the broker's.
     */
    public void open(List<? extends EventExecutor> opened) {
        loops = opened;
    }

    private Thread thread(Runnable body, String suffix) {
        for (Thread earlier : started) {
            if (earlier.getState() == Thread.State.TERMINATED) {
                started.remove(earlier);
            }
        }
        Thread thread = new BrokerThread(this, body, name + suffix);
        started.add(thread);
        return thread;
    }

    private final class NumberedThreads implements ThreadFactory {

        private final String prefix;
        private final AtomicInteger next = new AtomicInteger();

        NumberedThreads(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public Thread newThread(Runnable body) {
            return thread(body, prefix + next.getAndIncrement());
        }
    }

    /** A task whose failure is told to the reporter of bugs. */
    private final class Reported implements Runnable {

        private final String what;
        private final Runnable task;

        Reported(String what, Runnable task) {
            this.what = what;
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run();
            } catch (Throwable bug) {
                report(what, bug);
            }
        }
    }

    /** Is told about a task that threw: a bug of ours. Any thread. */
    @FunctionalInterface
    public interface BugReporter {
        void report(String where, Throwable bug);
    }

    @Override
    public Lane lane(String laneName) {
        return new CombiningLane(laneName, this, nextHome.getAndIncrement());
    }

    @Override
    public void afterWakeUp(Runnable task) {
        BrokerThread thread = BrokerThread.current(this);
        EventExecutor loop = thread == null ? null : thread.loop();
        if (loop == null || loop.isShutdown()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    @Override
    public void blocking(Runnable task) {
        blocking.execute(new Reported("blocking task", task));
    }

    /**
     * Runs {@code task} to its end on a thread made for it, which nobody but the broker can interrupt; at once if the caller
     * is a thread of this broker. For what touches files on behalf of the host: an interrupt closes the file that the
     * interrupted thread reads or writes. An interrupt of the caller waits until the task has ended.
     */
    public void runUninterrupted(String what, Runnable task) {
        if (BrokerThread.current(this) != null) {
            task.run();
            return;
        }
        Thread thread = thread(new Reported(what, task), "-" + what);
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            interrupted |= !join(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Timers whose tasks run on these loops: by the machine's time, or by {@code clock} if that is moved by hand. Once;
     * {@link #close} ends them.
     */
    public Timers timers(Clock clock) {
        if (clock instanceof SystemClock) {
            return new LoopTimers(this);
        }
        ClockTimers byClock = new ClockTimers(this, clock);
        clockMoves = clock.onMoved(byClock::fireDue);
        return clockMoves == null ? new LoopTimers(this) : byClock;
    }

    /** The loop that serves {@code lane} when no holder is at hand. */
    EventExecutor loopOf(Lane lane) {
        return loop(lane instanceof CombiningLane combining ? combining.home() : 0);
    }

    /** The loop that serves a lane of that home number. */
    EventExecutor loop(int home) {
        List<? extends EventExecutor> open = loops;
        return open.get(Math.floorMod(home, open.size()));
    }

    @Nullable
    EventExecutor loopOf(Thread thread) {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop(thread)) {
                return loop;
            }
        }
        return null;
    }

    void report(String where, Throwable bug) {
        bugs.report(where, bug);
    }

    /**
     * Ends every thread: those that block first, as their last words go to lanes. Waits until all have ended; a call from
     * one of them does not wait for that one.
     */
    @Override
    public void close() {
        if (clockMoves != null) {
            clockMoves.cancel();
        }
        blocking.shutdown();
        joinAll(BLOCKING);
        for (EventExecutor loop : loops) {
            loop.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        }
        joinAll("");
    }

    private void joinAll(String part) {
        boolean interrupted = false;
        for (Thread thread : started) {
            if (thread != Thread.currentThread() && thread.getName().contains(part)) {
                interrupted |= !join(thread);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns false if the caller was interrupted meanwhile; the thread is waited for all the same. */
    private static boolean join(Thread thread) {
        boolean uninterrupted = true;
        while (true) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS_MAX));
                return uninterrupted;
            } catch (InterruptedException e) {
                uninterrupted = false;
            }
        }
    }

    @Override
    public String toString() {
        return "BrokerThreads(" + name + ", loops: " + loops.size() + ")";
    }
}
