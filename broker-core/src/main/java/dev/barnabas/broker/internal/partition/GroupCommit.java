package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.storage.FlushTask;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.StorageException;

/**
 * Forces one partition's log to disk as its topic asks ({@code flush.messages}, {@code flush.ms}), off the lane, one
 * flush at a time: what is appended while the disk works is covered by the next flush, and many appends share one.
 *
 * <pre>
 *   IDLE --append that makes flush.messages due--> FLUSHING --disk done, nothing newer due--> IDLE
 *                                                     ^  |
 *                                                     +--+ disk done, newer appends are due
 * </pre>
 *
 * On the partition's lane.
 */
final class GroupCommit {

    private final LocalPartition partition;
    private final Scheduler scheduler;
    private boolean flushing;
    private boolean timed;

    GroupCommit(LocalPartition partition, Scheduler scheduler) {
        this.partition = partition;
        this.scheduler = scheduler;
    }

    /** Notes an append; returns whether it is committed only by a flush, which has then been asked for. */
    boolean onAppend() {
        LogConfig config = partition.log().config();
        if (config.flushMs() < Long.MAX_VALUE && !timed) {
            timed = true;
            scheduler.timers.schedule(partition.lane(), config.flushMs(), this::onDeadline);
        }
        if (flushing && config.flushMessages() < Long.MAX_VALUE) {
            return true;
        }
        if (unflushed() < config.flushMessages()) {
            return false;
        }
        flush();
        return true;
    }

    private long unflushed() {
        return partition.log().logEndOffset() - partition.log().recoveryPoint();
    }

    private void onDeadline() {
        timed = false;
        if (!flushing && unflushed() > 0) {
            flush();
        }
    }

    private void flush() {
        flushing = true;
        FlushTask task = partition.log().prepareFlush();
        Lane lane = partition.lane();
        scheduler.lanes.blocking(() -> {
            try {
                task.run();
                lane.execute(() -> onFlushed(task));
            } catch (StorageException e) {
                lane.execute(() -> partition.onFailure(e));
            }
        });
    }

    private void onFlushed(FlushTask task) {
        flushing = false;
        partition.log().onFlushed(task);
        partition.commit(task.upToOffset());
        if (unflushed() >= partition.log().config().flushMessages()) {
            flush();
        } else {
            partition.commit(partition.log().logEndOffset());
        }
    }

    /** Where flushes run and deadlines come from. */
    record Scheduler(Lanes lanes, Timers timers) {}
}
