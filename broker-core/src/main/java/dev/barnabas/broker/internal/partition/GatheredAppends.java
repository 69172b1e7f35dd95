package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends to one partition, in the order in which they came, until the I/O loop has read all that it woke up for: so those
 * of one wake-up share a write.
 *
 * <p>Each loop sees to it that the queue is emptied at the end of its own wake-up, and so waits for no other loop's; who
 * comes first takes what all have brought.
 */
final class GatheredAppends {

    private final Lanes lanes;
    private final Lane lane;
    private final Consumer<List<LeaderAppend>> taker;
    private final Queue<LeaderAppend> queue = new ConcurrentLinkedQueue<>();

    /**
     * The last thread that asked for the queue to be emptied, and what it has added since is taken then, too; null once that
     * has begun. An append is queued before this is read, and this is cleared before the queue is, so none stays behind.
     */
    private volatile @Nullable Thread askedBy;

    /** @param taker gets what there is, on the lane */
    GatheredAppends(Lanes lanes, Lane lane, Consumer<List<LeaderAppend>> taker) {
        this.lanes = lanes;
        this.lane = lane;
        this.taker = taker;
    }

    /** Any thread. */
    void add(LeaderAppend append) {
        queue.add(append);
        Thread caller = Thread.currentThread();
        if (askedBy != caller) {
            askedBy = caller;
            lanes.afterWakeUp(this::passOn);
        }
    }

    private void passOn() {
        lane.execute(this::take);
    }

    private void take() {
        askedBy = null;
        List<LeaderAppend> group = new ArrayList<>();
        for (LeaderAppend next = queue.poll(); next != null; next = queue.poll()) {
            group.add(next);
        }
        if (!group.isEmpty()) {
            taker.accept(group);
        }
    }
}
