package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;

/** Lanes on the test's own thread, which may block, too. */
final class DirectLanes implements Lanes {

    @Override
    public Lane lane(String name) {
        return new DirectLane();
    }

    @Override
    public void afterWakeUp(Runnable task) {
        task.run();
    }

    @Override
    public void blocking(Runnable task) {
        task.run();
    }
}
