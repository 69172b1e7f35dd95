package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Lane;
import java.util.ArrayDeque;
import java.util.Deque;

/** A lane on the test's own thread. */
final class DirectLane implements Lane {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    @Override
    public String name() {
        return "test";
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (running) {
            return;
        }
        running = true;
        try {
            while (!tasks.isEmpty()) {
                tasks.remove().run();
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
