package dev.barnabas.broker.internal.exec;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A lane without a thread: whoever finds it free runs it, and runs also what others queue meanwhile.
 *
 * <pre>
 *   FREE (pending 0) --execute on a broker thread--> HELD: the caller runs its task, then the queue
 *   FREE             --execute on another thread---> POSTED: queued, and a loop is asked to run the queue
 *   HELD or POSTED   --execute from anywhere-------> the same, one more in the queue
 *   HELD             --queue empty-----------------> FREE
 *   HELD             --{@value #BATCH} tasks run---> POSTED: behind the other work of its loop, for fairness
 * </pre>
 *
 * {@code pending} counts the tasks not finished, the running one included, and so names the state: whoever raises it from
 * 0 has the lane. A task is queued before it is counted, so a holder that sees the count finds the task.
 */
final class CombiningLane implements Lane, Runnable {

    /** Tasks that one holder runs before it lets its loop's other work go first. */
    static final int BATCH = 64;

    /** Lanes that may run inside one another's calls before a hop bounds the stack. */
    static final int DEPTH_MAX = 16;

    private final String name;
    private final BrokerThreads threads;
    private final int home;
    private final Queue<Runnable> queue;
    private final AtomicInteger pending = new AtomicInteger();

    /** The thread inside a task of this lane. A thread reads it to compare with itself only, and so needs no barrier. */
    private @Nullable Thread holder;

    CombiningLane(String name, BrokerThreads threads, int home) {
        this(name, threads, home, new ConcurrentLinkedQueue<>());
    }

    /** @param queue empty; its elements leave it in the order in which they came */
    CombiningLane(String name, BrokerThreads threads, int home, Queue<Runnable> queue) {
        this.name = name;
        this.threads = threads;
        this.home = home;
        this.queue = queue;
    }

    @Override
    public String name() {
        return name;
    }

    /** Names the loop that serves this lane when no holder is at hand. */
    int home() {
        return home;
    }

    @Override
    public boolean isCurrent() {
        return holder == Thread.currentThread();
    }

    @Override
    public void execute(Runnable task) {
        BrokerThread thread = BrokerThread.current(threads);
        if (thread == null || thread.laneDepth >= DEPTH_MAX) {
            if (enqueue(task)) {
                post();
            }
        } else if (pending.compareAndSet(0, 1)) {
            hold(thread, inTurn(task));
        } else if (enqueue(task)) {
            hold(thread, queue.remove());
        }
    }

    /**
     * The task to run first, by the caller, who has the lane. Behind one that is queued and not counted yet, perhaps an
     * earlier one of the same caller: a holder runs what is first in the queue, which need not be what it has counted.
     */
    private Runnable inTurn(Runnable task) {
        if (queue.isEmpty()) {
            return task;
        }
        queue.add(task);
        return queue.remove();
    }

    /** Returns whether the lane was free and is the caller's now. */
    private boolean enqueue(Runnable task) {
        queue.add(task);
        return pending.getAndIncrement() == 0;
    }

    /** Runs the queue on the home loop. */
    @Override
    public void run() {
        BrokerThread thread = BrokerThread.current(threads);
        if (thread == null) {
            throw new IllegalStateException("thread: " + Thread.currentThread().getName() + " (expected: a loop)");
        }
        hold(thread, queue.remove());
    }

    private void hold(BrokerThread thread, Runnable first) {
        thread.laneDepth++;
        try {
            Runnable task = first;
            for (int ran = 1; ; ran++) {
                holder = thread;
                runOne(task);
                holder = null;
                if (pending.decrementAndGet() == 0) {
                    return;
                }
                if (ran == BATCH) {
                    post();
                    return;
                }
                task = queue.remove();
            }
        } finally {
            thread.laneDepth--;
        }
    }

    private void runOne(Runnable task) {
        try {
            task.run();
        } catch (Throwable bug) {
            threads.report(name, bug);
        }
    }

    private void post() {
        try {
            threads.loop(home).execute(this);
        } catch (RejectedExecutionException closed) {
            queue.clear();
        }
    }
}
