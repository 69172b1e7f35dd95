package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.controller.ControllerGateway;
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
import dev.barnabas.broker.internal.request.HandlerSource;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.StorageException;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data path of one broker, assembled: its partitions, kept as the metadata says, their housekeeping, and the handlers
 * that serve them.
 *
 * <p>An image is applied when the logs of new partitions exist and those of deleted ones are out of service. Opening and
 * deleting happens one image after the other, on threads that may block. Housekeeping runs on timers of minutes; nothing
 * looks at every partition more often.
 */
public final class PartitionService implements HandlerSource, Partitions, MetadataListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PartitionService.class);

    private static final long CLOSE_SECONDS_MAX = 30;

    private final Lanes lanes;
    private final Timers timers;
    private final Clock clock;
    private final LogStore store;
    private final Configs configs;
    private final int nodeId;
    private final HostedPartitions hosted;
    private final DirectoryLane directory;
    private final Housekeeping housekeeping;
    private final MetadataCache metadata;
    private final FetchSessions fetchSessions;
    private final ProducerIds producerIds;
    private final ByteBufAllocator allocator;

    /**
     * @param nodeId this broker's id, as partitions name their leader
     * @param allocator makes the buffers of requests and responses
     */
    public PartitionService(
            Lanes lanes,
            Timers timers,
            Clock clock,
            LogStore store,
            MetadataCache metadata,
            Configs configs,
            ControllerGateway controller,
            int nodeId,
            ByteBufAllocator allocator) {
        this.lanes = lanes;
        this.timers = timers;
        this.clock = clock;
        this.store = store;
        this.configs = configs;
        this.nodeId = nodeId;
        this.hosted = new HostedPartitions(metadata);
        this.directory = new DirectoryLane(lanes);
        this.housekeeping = new Housekeeping(lanes, timers, clock, store, directory, configs, hosted);
        this.metadata = metadata;
        this.fetchSessions = new FetchSessions(configs, clock);
        this.producerIds = new ProducerIds(controller, lanes.lane("producer ids"));
        this.allocator = allocator;
    }

    @Override
    public @Nullable ApiHandler<?> handler(ApiKey api) {
        return switch (api) {
            case PRODUCE -> new ProduceHandler(hosted, metadata, clock, allocator);
            case FETCH -> new FetchHandler(hosted, fetchSessions, metadata, configs, timers, lanes, allocator);
            case LIST_OFFSETS -> new ListOffsetsHandler(hosted);
            case OFFSET_FOR_LEADER_EPOCH -> new OffsetForLeaderEpochHandler(hosted);
            case DELETE_RECORDS -> new DeleteRecordsHandler(hosted);
            case INIT_PRODUCER_ID -> new InitProducerIdHandler(producerIds);
            case DESCRIBE_PRODUCERS -> new DescribeProducersHandler(hosted, metadata);
            case DESCRIBE_LOG_DIRS -> new DescribeLogDirsHandler(hosted, store);
            default -> null;
        };
    }

    /** Begins the housekeeping. Partitions come with the first image, before or after. */
    public void start() {
        housekeeping.start();
    }

    @Override
    public @Nullable LocalPartition find(TopicPartition partition) {
        return hosted.find(partition);
    }

    @Override
    public LocalPartition leader(TopicPartition partition) {
        return hosted.leader(partition);
    }

    @Override
    public Collection<LocalPartition> all() {
        return hosted.all();
    }

    // ---- the metadata's wishes

    @Override
    public CompletionStage<Void> onImage(MetadataImage before, MetadataImage now) {
        List<LocalPartition> lost = takeLostTopics(now);
        List<Missing> missing = new ArrayList<>();
        List<CompletableFuture<Void>> applied = new ArrayList<>();
        boolean brokerChanged = !before.brokerConfigs("").equals(now.brokerConfigs(""))
                || !before.brokerConfigs(Integer.toString(nodeId)).equals(now.brokerConfigs(Integer.toString(nodeId)));
        for (TopicImage topic : now.topics()) {
            HostedTopic known = hosted.topic(topic.id());
            if (known == null || topic != before.topic(topic.id())) {
                applyTopic(topic, known, missing, lost, applied);
            }
            if (known != null && (brokerChanged || !sameConfigs(before, now, topic.name()))) {
                applySettings(known, applied);
            }
        }
        for (LocalPartition partition : lost) {
            applied.add(stop(partition, new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition: deleted")));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(applied.toArray(new CompletableFuture<?>[0]));
        return lost.isEmpty() && missing.isEmpty()
                ? all
                : all.thenCompose(done -> directory.run(lost.size() + missing.size(), () -> changeLogs(lost, missing)));
    }

    private static CompletableFuture<Void> onLane(LocalPartition partition, Runnable task) {
        return CompletableFuture.runAsync(task, partition.lane());
    }

    private static boolean sameConfigs(MetadataImage before, MetadataImage now, String topic) {
        Map<String, String> configs = now.topicConfigs(topic);
        return configs == before.topicConfigs(topic) || configs.equals(before.topicConfigs(topic));
    }

    /** Takes topics that no longer exist out of sight, and returns their partitions. */
    private List<LocalPartition> takeLostTopics(MetadataImage now) {
        List<LocalPartition> lost = new ArrayList<>();
        for (HostedTopic topic : hosted.topics()) {
            if (now.topic(topic.id()) == null) {
                hosted.remove(topic);
                for (int i = 0; i < topic.size(); i++) {
                    LocalPartition partition = topic.partition(i);
                    if (partition != null) {
                        lost.add(partition);
                    }
                }
            }
        }
        return lost;
    }

    /** Tells hosted partitions their role, and notes what has to be opened or given up. */
    private void applyTopic(
            TopicImage topic,
            @Nullable HostedTopic known,
            List<Missing> missing,
            List<LocalPartition> lost,
            List<CompletableFuture<Void>> applied) {
        HostedTopic kept = known;
        for (PartitionImage image : topic.partitions()) {
            LocalPartition partition = known == null ? null : known.partition(image.index());
            boolean isWanted = image.replicas().contains(nodeId);
            if (partition != null && isWanted) {
                Role role = Role.of(image, nodeId);
                applied.add(onLane(partition, () -> partition.changeRole(role)));
            } else if (partition != null && kept != null) {
                kept = kept.with(image.index(), null);
                lost.add(partition);
            } else if (isWanted) {
                missing.add(new Missing(topic, image));
            }
        }
        if (kept != null && kept != known) {
            hosted.put(kept);
        }
    }

    private void applySettings(HostedTopic topic, List<CompletableFuture<Void>> applied) {
        TopicSettings settings = TopicSettings.of(configs, topic.name());
        for (int i = 0; i < topic.size(); i++) {
            LocalPartition partition = topic.partition(i);
            if (partition != null && !partition.settings().equals(settings)) {
                applied.add(onLane(partition, () -> partition.changeSettings(settings)));
            }
        }
    }

    /** A partition that is to be hosted and is not. */
    private record Missing(TopicImage topic, PartitionImage partition) {}

    /** On a thread that may block: deletes the logs of {@code lost}, and opens the missing. */
    private void changeLogs(List<LocalPartition> lost, List<Missing> missing) {
        for (LocalPartition partition : lost) {
            store.delete(partition.topicPartition(), clock.wallMs());
        }
        if (!lost.isEmpty()) {
            housekeeping.deleteExpiredFilesLater();
        }
        if (missing.isEmpty()) {
            return;
        }
        Map<TopicPartition, PartitionLog> found = new HashMap<>();
        store.logs().forEach(each -> found.put(each.topicPartition(), each));
        Map<String, HostedTopic> changed = new HashMap<>();
        for (Missing each : missing) {
            TopicImage topic = each.topic();
            HostedTopic before = changed.computeIfAbsent(topic.name(), name -> {
                HostedTopic present = hosted.topic(topic.id());
                return present == null ? new HostedTopic(name, topic.id()) : present;
            });
            changed.put(topic.name(), before.with(each.partition().index(), open(each, found)));
        }
        changed.values().forEach(hosted::put);
    }

    private LocalPartition open(Missing missing, Map<TopicPartition, PartitionLog> found) {
        TopicImage topic = missing.topic();
        TopicSettings settings = TopicSettings.of(configs, topic.name());
        var id = new TopicPartition(topic.name(), missing.partition().index());
        PartitionLog present = found.get(id);
        if (present != null
                && !present.topicId().equals(topic.id())
                && !present.topicId().equals(Uuid.ZERO)) {
            log.warn(
                    "Deleting the log of another topic of the same name partition={} topicId={} expected={}",
                    id,
                    present.topicId(),
                    topic.id());
            store.delete(id, clock.wallMs());
        }
        PartitionLog opened = store.create(id, topic.id(), settings.log());
        var partition = new LocalPartition(
                opened, Role.of(missing.partition(), nodeId), settings, lanes, timers, clock, this::onStorageFailure);
        partition.lane().execute(partition::open);
        return partition;
    }

    /** One partition's disk failed. If that took the whole directory away, every partition is told. */
    private void onStorageFailure(StorageException failure) {
        if (!store.offline()) {
            log.error("Partition taken offline cause={}", failure.getMessage());
            return;
        }
        if (housekeeping.stopForOffline()) {
            log.error("Partitions taken offline directory={}", store.directoryName());
            for (LocalPartition partition : hosted.all()) {
                partition.lane().execute(() -> partition.storageFailed(failure));
            }
        }
    }

    // ---- the end

    private static CompletableFuture<Void> stop(LocalPartition partition, ApiException reason) {
        var stopped = new CompletableFuture<Void>();
        partition.lane().execute(() -> partition.stop(reason).thenRun(() -> stopped.complete(null)));
        return stopped;
    }

    /** Ends service: what waits is told NOT_LEADER_OR_FOLLOWER. Completes when no log is in use any more. */
    public CompletionStage<Void> stop() {
        housekeeping.stop();
        var reason = new ApiException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "broker: shutting down");
        return CompletableFuture.allOf(hosted.all().stream()
                        .map(partition -> stop(partition, reason))
                        .toArray(CompletableFuture[]::new))
                .thenCompose(stopped -> directory.run(1, () -> {}));
    }

    /** {@link #stop}, waited for, from a thread that is not one of the broker's. The store is closed after. Idempotent. */
    @Override
    public void close() {
        try {
            stop().toCompletableFuture().get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            log.error("Partitions did not stop cleanly", e);
        }
    }
}
