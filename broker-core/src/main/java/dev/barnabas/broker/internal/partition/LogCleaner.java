package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.exec.Lane;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Compacts the logs whose {@code cleanup.policy} says so, one after the other, so that the memory for keys
 * ({@code log.cleaner.dedupe.buffer.size}, an eighth of the heap at most) is taken once.
 *
 * <pre>
 *   IDLE --{@link #begin}--> a partition: decide on its lane, write on a blocking thread, put in place on its lane
 *     ^                                                |
 *     +---------------- none left ---------------------+--> the next partition
 * </pre>
 */
final class LogCleaner {

    private static final int HEAP_SHARE = 8;

    private final Lane lane;
    private final Configs configs;
    private final HostedPartitions hosted;
    private final Queue<LocalPartition> waiting = new ArrayDeque<>();
    private boolean running;
    private volatile boolean stopped;

    /** @param lane of the housekeeping */
    LogCleaner(Lane lane, Configs configs, HostedPartitions hosted) {
        this.lane = lane;
        this.configs = configs;
        this.hosted = hosted;
    }

    /** Looks at every compacted log once, unless it is still about it. On the lane. */
    void begin() {
        if (running || !configs.brokerBoolean("log.cleaner.enable")) {
            return;
        }
        for (LocalPartition partition : hosted.all()) {
            if (partition.settings().log().compact()) {
                waiting.add(partition);
            }
        }
        running = true;
        next();
    }

    private void next() {
        LocalPartition partition = waiting.poll();
        if (partition == null || stopped) {
            waiting.clear();
            running = false;
            return;
        }
        long mapBytesMax = Math.min(
                configs.brokerLong("log.cleaner.dedupe.buffer.size"),
                Runtime.getRuntime().maxMemory() / HEAP_SHARE);
        partition.lane().execute(() -> partition.compact(mapBytesMax, () -> lane.execute(this::next)));
    }

    /** Begins nothing new. Any thread. */
    void stop() {
        stopped = true;
    }
}
