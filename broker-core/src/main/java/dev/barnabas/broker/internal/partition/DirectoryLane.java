package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The lane of the log directory, on which logs are made and deleted and checkpoints written, one thing after the other.
 * What takes long begins on a thread that may block, so that no I/O loop waits for a thousand files or for the disk.
 */
final class DirectoryLane {

    /** Logs that may be made or deleted on an I/O loop: a few small files each, and no flush. */
    private static final int LOGS_MAX = 16;

    private final Lanes lanes;
    private final Lane lane;

    DirectoryLane(Lanes lanes) {
        this.lanes = lanes;
        this.lane = lanes.lane("log directory");
    }

    /**
     * Runs {@code task}, on the lane; the stage completes there, exceptionally if it throws.
     *
     * @param logs how many logs it makes or deletes
     */
    CompletionStage<Void> run(int logs, Runnable task) {
        var done = new CompletableFuture<Void>();
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
                return;
            }
            done.complete(null);
        };
        if (logs <= LOGS_MAX) {
            lane.execute(guarded);
        } else {
            runBlocking(guarded);
        }
        return done;
    }

    /** Runs {@code task}, which may wait for the disk, on the lane. */
    void runBlocking(Runnable task) {
        lanes.blocking(() -> lane.execute(task));
    }
}
