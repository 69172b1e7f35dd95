package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.controller.ControlPlane;
import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.handler.DeleteRecordsHandler;
import dev.barnabas.broker.internal.handler.DescribeLogDirsHandler;
import dev.barnabas.broker.internal.handler.DescribeProducersHandler;
import dev.barnabas.broker.internal.handler.FetchHandler;
import dev.barnabas.broker.internal.handler.InitProducerIdHandler;
import dev.barnabas.broker.internal.handler.ListOffsetsHandler;
import dev.barnabas.broker.internal.handler.OffsetForLeaderEpochHandler;
import dev.barnabas.broker.internal.handler.ProduceHandler;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.MetadataListener;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.StorageException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of this broker: follows the metadata, creates and deletes logs, and keeps house (retention,
 * checkpoints, files whose deletion is due). Lookups run on any thread; the log directory is touched on a lane of its
 * own.
 */
public final class PartitionService implements Partitions, MetadataListener {

    private static final Logger log = LoggerFactory.getLogger(PartitionService.class);

    private static final long EXPIRED_FILES_CHECK_MS = 10_000;

    private final Lanes lanes;
    private final Timers timers;
    private final Clock clock;
    private final LogStore store;
    private final MetadataCache metadata;
    private final Configs configs;
    private final ControllerGateway controller;
    private final int brokerId;
    private final Lane directoryLane;
    private final GroupCommit.Scheduler flushes;
    private final ConcurrentHashMap<TopicPartition, LocalPartition> partitions = new ConcurrentHashMap<>();

    /** Logs found on disk that no image has named so far. Directory lane. */
    private final Map<TopicPartition, PartitionLog> found = new HashMap<>();

    private volatile boolean closed;

    public PartitionService(
            Lanes lanes,
            Timers timers,
            Clock clock,
            LogStore store,
            MetadataCache metadata,
            Configs configs,
            ControllerGateway controller,
            int brokerId) {
        this.lanes = lanes;
        this.timers = timers;
        this.clock = clock;
        this.store = store;
        this.metadata = metadata;
        this.configs = configs;
        this.controller = controller;
        this.brokerId = brokerId;
        this.directoryLane = lanes.lane("log directory");
        this.flushes = new GroupCommit.Scheduler(lanes, timers);
        for (PartitionLog existing : store.logs()) {
            if (!existing.topicPartition().equals(ControlPlane.METADATA_PARTITION)) {
                found.put(existing.topicPartition(), existing);
            }
        }
    }

    /** The APIs served here. */
    public List<ApiHandler<?>> handlers() {
        return List.of(
                new ProduceHandler(this, metadata, clock),
                new FetchHandler(this, metadata, configs, new FetchSessions(configs, clock), timers),
                new ListOffsetsHandler(this),
                new OffsetForLeaderEpochHandler(this),
                new DeleteRecordsHandler(this, clock),
                new InitProducerIdHandler(new ProducerIds(lanes.lane("producer ids"), controller)),
                new DescribeProducersHandler(this, metadata),
                new DescribeLogDirsHandler(this, store));
    }

    /** Begins to keep house. */
    public void start() {
        every(configs.brokerLong("log.retention.check.interval.ms"), this::housekeep);
        every(configs.brokerLong("log.flush.offset.checkpoint.interval.ms"), this::checkpoint);
        every(EXPIRED_FILES_CHECK_MS, () -> store.deleteExpiredFiles(clock.wallMs()));
    }

    /** Stops keeping house; the store is closed by who made it. */
    public void close() {
        closed = true;
    }

    private void every(long intervalMs, Runnable task) {
        timers.schedule(directoryLane, intervalMs, () -> {
            if (!closed) {
                lanes.blocking(() -> directoryLane.execute(() -> {
                    if (!closed) {
                        run(task);
                        every(intervalMs, task);
                    }
                }));
            }
        });
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (StorageException e) {
            log.warn("Housekeeping failed reason={}", e.getMessage());
        }
    }

    private void housekeep() {
        long nowMs = clock.wallMs();
        for (LocalPartition partition : partitions.values()) {
            partition.lane().execute(() -> partition.housekeep(nowMs));
        }
    }

    private void checkpoint() {
        if (!store.offline()) {
            store.checkpoint();
        }
    }

    @Override
    public @Nullable LocalPartition find(TopicPartition partition) {
        return partitions.get(partition);
    }

    @Override
    public LocalPartition leader(TopicPartition partition) {
        return leader(partition, -1);
    }

    /**
     * The partition if this broker leads it in the epoch that the client believes in.
     *
     * @param currentLeaderEpoch -1 if the client does not say
     * @throws ApiException UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH or
     *     UNKNOWN_LEADER_EPOCH
     */
    public LocalPartition leader(TopicPartition topicPartition, int currentLeaderEpoch) {
        LocalPartition partition = partitions.get(topicPartition);
        if (partition == null) {
            boolean elsewhere = metadata.image().partition(topicPartition.topic(), topicPartition.partition()) != null;
            throw new ApiException(
                    elsewhere ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    topicPartition + (elsewhere ? " is not hosted by this broker" : " does not exist"));
        }
        partition.checkLeader(currentLeaderEpoch);
        return partition;
    }

    @Override
    public Collection<LocalPartition> all() {
        return partitions.values();
    }

    @Override
    public CompletionStage<Void> onImage(MetadataImage before, MetadataImage now) {
        var applied = new CompletableFuture<Void>();
        directoryLane.execute(() -> {
            try {
                apply(before, now);
                applied.complete(null);
            } catch (RuntimeException e) {
                applied.completeExceptionally(e);
            }
        });
        return applied;
    }

    private void apply(MetadataImage before, MetadataImage now) {
        for (TopicImage topic : before.topics()) {
            if (now.topic(topic.id()) == null) {
                delete(topic);
            }
        }
        boolean brokerConfigsChanged = !before.brokerConfigs("").equals(now.brokerConfigs(""))
                || !before.brokerConfigs(Integer.toString(brokerId))
                        .equals(now.brokerConfigs(Integer.toString(brokerId)));
        for (TopicImage topic : now.topics()) {
            TopicImage old = before.topic(topic.id());
            boolean configChanged = brokerConfigsChanged
                    || (old != null && !before.topicConfigs(topic.name()).equals(now.topicConfigs(topic.name())));
            if (old != topic || configChanged) {
                update(topic, old, configChanged);
            }
        }
        if (!found.isEmpty()) {
            log.warn("Logs of topics that the metadata does not know are left alone partitions={}", found.keySet());
            found.clear();
        }
    }

    private void update(TopicImage topic, @Nullable TopicImage old, boolean configChanged) {
        TopicSettings settings = TopicSettings.of(configs, topic.name());
        for (PartitionImage image : topic.partitions()) {
            if (!image.replicas().contains(brokerId)) {
                continue;
            }
            var topicPartition = new TopicPartition(topic.name(), image.index());
            LocalPartition hosted = partitions.get(topicPartition);
            if (hosted == null) {
                host(topicPartition, topic, image, settings);
                continue;
            }
            if (old == null || image != old.partition(image.index())) {
                hosted.lane().execute(() -> hosted.onImage(image));
            }
            if (configChanged) {
                hosted.lane().execute(() -> hosted.onSettings(settings));
            }
        }
    }

    private void host(TopicPartition topicPartition, TopicImage topic, PartitionImage image, TopicSettings settings) {
        PartitionLog existing = found.remove(topicPartition);
        if (existing != null && !existing.topicId().equals(topic.id())) {
            store.delete(topicPartition, clock.wallMs());
            existing = null;
        }
        PartitionLog partitionLog =
                existing == null ? store.create(topicPartition, topic.id(), settings.log()) : existing;
        var partition = new LocalPartition(
                topicPartition,
                partitionLog,
                image,
                settings,
                brokerId,
                lanes.lane("partition " + topicPartition),
                clock,
                flushes);
        if (existing != null) {
            partition.lane().execute(() -> {
                partition.onSettings(settings);
                partition.becomeLeader();
            });
        }
        partitions.put(topicPartition, partition);
    }

    private void delete(TopicImage topic) {
        for (PartitionImage image : topic.partitions()) {
            var topicPartition = new TopicPartition(topic.name(), image.index());
            LocalPartition partition = partitions.remove(topicPartition);
            if (partition != null) {
                partition.lane().execute(() -> {
                    partition.onDeleted();
                    directoryLane.execute(() -> deleteLog(partition));
                });
            }
        }
    }

    private void deleteLog(LocalPartition partition) {
        try {
            store.delete(partition.topicPartition(), clock.wallMs());
        } catch (StorageException e) {
            log.warn("Log could not be deleted partition={} reason={}", partition, e.getMessage());
        }
    }
}
