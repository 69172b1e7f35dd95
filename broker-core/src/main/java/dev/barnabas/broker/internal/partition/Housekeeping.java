package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.StorageException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every log needs now and then: retention ({@code log.retention.check.interval.ms}), the expiry of idle producers
 * ({@code producer.id.expiration.check.interval.ms}), compaction ({@code log.cleaner.backoff.ms}), checkpoints ({@code log.flush.offset.checkpoint.interval.ms}) and
 * the deletion of files whose delay has passed. On a lane of its own; partitions' work on theirs.
 */
final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    private static final String RETENTION = "log.retention.check.interval.ms";
    private static final String PRODUCER_EXPIRY = "producer.id.expiration.check.interval.ms";
    private static final String COMPACTION = "log.cleaner.backoff.ms";
    private static final String CHECKPOINT = "log.flush.offset.checkpoint.interval.ms";

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
    private final List<Chore> chores =
            List.of(new Chore(RETENTION), new Chore(PRODUCER_EXPIRY), new Chore(COMPACTION), new Chore(CHECKPOINT));
    private Timers.@Nullable Timer deletionTimer;
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
        for (Chore chore : chores) {
            lane.execute(chore);
        }
    }

    /** Nothing new begins after this. Any thread. */
    void stop() {
        stopped = true;
        cleaner.stop();
        lane.execute(this::cancelTimers);
    }

    private void cancelTimers() {
        for (Chore chore : chores) {
            cancel(chore.timer);
        }
        cancel(deletionTimer);
    }

    private static void cancel(Timers.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** {@link #stop}s because the disk is gone. Returns false if it had stopped already. */
    synchronized boolean stopForOffline() {
        boolean first = !stopped;
        stop();
        return first;
    }

    /** One kind of work, done again whenever its interval has passed. A start has it run once, to begin the first. */
    private final class Chore implements Runnable {

        private final String intervalProperty;
        private boolean begun;
        private Timers.@Nullable Timer timer;

        Chore(String intervalProperty) {
            this.intervalProperty = intervalProperty;
        }

        /** On the lane. */
        @Override
        public void run() {
            if (stopped) {
                return;
            }
            if (begun) {
                work();
            }
            begun = true;
            long intervalMs = configs.brokerLong(intervalProperty);
            if (intervalMs > 0) {
                timer = timers.schedule(lane, intervalMs, this);
            }
        }

        private void work() {
            switch (intervalProperty) {
                case RETENTION -> applyRetention();
                case PRODUCER_EXPIRY -> expireProducers();
                case COMPACTION -> cleaner.begin();
                default -> checkpoint();
            }
        }
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
        if (deletionTimer == null && !stopped) {
            long delayMs = configs.brokerLong("log.segment.delete.delay.ms") + DELETION_SLACK_MS;
            deletionTimer = timers.schedule(lane, delayMs, this::deleteNow);
        }
    }

    private void deleteNow() {
        deletionTimer = null;
        if (!stopped) {
            deleteExpiredFiles();
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
