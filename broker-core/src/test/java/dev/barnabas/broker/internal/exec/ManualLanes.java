package dev.barnabas.broker.internal.exec;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lanes on the calling thread, which is no loop but in {@link #wakeUp}. A free lane runs its task at once, as on a broker's
 * thread; blocking tasks wait until {@link #runBlocking}. A task that throws makes the caller's test fail.
 */
public final class ManualLanes implements Lanes {

    private final Queue<Runnable> blocking = new ArrayDeque<>();
    private final Queue<Runnable> afterWakeUp = new ArrayDeque<>();
    private boolean awake;

    @Override
    public Lane lane(String name) {
        return new ManualLane(name);
    }

    @Override
    public void afterWakeUp(Runnable task) {
        if (awake) {
            afterWakeUp.add(task);
        } else {
            task.run();
        }
    }

    /** Runs {@code work} as what a loop woke up for. */
    public void wakeUp(Runnable work) {
        awake = true;
        work.run();
        awake = false;
        for (Runnable task = afterWakeUp.poll(); task != null; task = afterWakeUp.poll()) {
            task.run();
        }
    }

    @Override
    public void blocking(Runnable task) {
        blocking.add(task);
    }

    /** Runs what waits to block, and what that adds. Returns how many tasks there were. */
    public int runBlocking() {
        int ran = 0;
        for (Runnable task = blocking.poll(); task != null; task = blocking.poll()) {
            task.run();
            ran++;
        }
        return ran;
    }

    private static final class ManualLane implements Lane {
        private final String name;
        private final Queue<Runnable> queue = new ArrayDeque<>();
        private boolean running;

        ManualLane(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void execute(Runnable task) {
            queue.add(task);
            if (running) {
                return;
            }
            running = true;
            try {
                for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
                    next.run();
                }
            } finally {
                running = false;
            }
        }

        @Override
        public boolean isCurrent() {
            return running;
        }
    }
}
