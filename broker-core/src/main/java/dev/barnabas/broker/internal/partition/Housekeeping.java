package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.StorageException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every log needs now and then: retention ({@code log.retention.check.interval.ms}), the expiry of idle producers
 * ({@code producer.id.expiration.check.interval.ms}), compaction ({@code log.cleaner.backoff.ms}), checkpoints ({@code log.flush.offset.checkpoint.interval.ms}) and
 * the deletion of files whose delay has passed. On a lane of its own; partitions' work on theirs.
 */
final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    /** Beyond the delay itself: so that the delay has passed for every file of one deletion. */
    private static final long DELETION_SLACK_MS = 1_000;

    private final Lane lane;
    private final Timers timers;
    private final Clock clock;
    private final LogStore store;
    private final DirectoryLane directory;
    private final Configs configs;
    private final HostedPartitions hosted;
    private final LogCleaner cleaner;
    private final Set<Timers.Timer> pending = new HashSet<>();
    private boolean deletionPending;
    private volatile boolean stopped;

    Housekeeping(
            Lanes lanes,
            Timers timers,
            Clock clock,
            LogStore store,
            DirectoryLane directory,
            Configs configs,
            HostedPartitions hosted) {
        this.lane = lanes.lane("housekeeping");
        this.timers = timers;
        this.clock = clock;
        this.store = store;
        this.directory = directory;
        this.configs = configs;
        this.hosted = hosted;
        this.cleaner = new LogCleaner(lane, configs, hosted);
    }

    void start() {
        lane.execute(() -> {
            every(configs.brokerLong("log.retention.check.interval.ms"), this::applyRetention);
            every(configs.brokerLong("producer.id.expiration.check.interval.ms"), this::expireProducers);
            every(configs.brokerLong("log.cleaner.backoff.ms"), cleaner::begin);
            every(configs.brokerLong("log.flush.offset.checkpoint.interval.ms"), this::checkpoint);
        });
    }

    /** Nothing new begins after this. Any thread. */
    void stop() {
        stopped = true;
        cleaner.stop();
        lane.execute(() -> {
            pending.forEach(Timers.Timer::cancel);
            pending.clear();
        });
    }

    /** {@link #stop}s because the disk is gone. Returns false if it had stopped already. */
    synchronized boolean stopForOffline() {
        boolean first = !stopped;
        stop();
        return first;
    }

    private void every(long intervalMs, Runnable task) {
        if (intervalMs > 0) {
            after(intervalMs, () -> {
                task.run();
                every(intervalMs, task);
            });
        }
    }

    private void after(long delayMs, Runnable task) {
        if (stopped) {
            return;
        }
        var entry = new Timers.Timer[1];
        entry[0] = timers.schedule(lane, delayMs, () -> {
            pending.remove(entry[0]);
            if (!stopped) {
                task.run();
            }
        });
        pending.add(entry[0]);
    }

    private void applyRetention() {
        onEach(LocalPartition::applyRetention);
        deleteExpiredFiles();
        deleteLater();
    }

    private void expireProducers() {
        onEach(LocalPartition::expireProducers);
    }

    private void onEach(Consumer<LocalPartition> task) {
        for (LocalPartition partition : hosted.all()) {
            partition.lane().execute(() -> task.accept(partition));
        }
    }

    private void checkpoint() {
        inStore("Checkpoint", store::checkpoint);
    }

    /** Has files deleted once {@code file.delete.delay.ms} has passed. Any thread. */
    void deleteExpiredFilesLater() {
        lane.execute(this::deleteLater);
    }

    private void deleteLater() {
        if (!deletionPending) {
            deletionPending = true;
            long delayMs = configs.brokerLong("log.segment.delete.delay.ms");
            after(delayMs + DELETION_SLACK_MS, () -> {
                deletionPending = false;
                deleteExpiredFiles();
            });
        }
    }

    private void deleteExpiredFiles() {
        inStore("Deletion of files", () -> store.deleteExpiredFiles(clock.wallMs()));
    }

    private void inStore(String what, Runnable task) {
        directory.runBlocking(() -> {
            try {
                task.run();
            } catch (StorageException e) {
                log.warn("{} failed cause={}", what, e.getMessage());
            }
        });
    }
}
