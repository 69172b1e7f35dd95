package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.config.BrokerSettings;
import dev.barnabas.broker.internal.config.ConfigDescriber;
import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.config.LiveConfigs;
import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.handler.AlterConfigsHandler;
import dev.barnabas.broker.internal.handler.ApiVersionsHandler;
import dev.barnabas.broker.internal.handler.CreatePartitionsHandler;
import dev.barnabas.broker.internal.handler.CreateTopicsHandler;
import dev.barnabas.broker.internal.handler.DeleteTopicsHandler;
import dev.barnabas.broker.internal.handler.DescribeClusterHandler;
import dev.barnabas.broker.internal.handler.DescribeConfigsHandler;
import dev.barnabas.broker.internal.handler.DescribeQuorumHandler;
import dev.barnabas.broker.internal.handler.DescribeTopicPartitionsHandler;
import dev.barnabas.broker.internal.handler.ElectLeadersHandler;
import dev.barnabas.broker.internal.handler.IncrementalAlterConfigsHandler;
import dev.barnabas.broker.internal.handler.ListConfigResourcesHandler;
import dev.barnabas.broker.internal.handler.ListPartitionReassignmentsHandler;
import dev.barnabas.broker.internal.handler.MetadataHandler;
import dev.barnabas.broker.internal.handler.UpdateFeaturesHandler;
import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.Features;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataListener;
import dev.barnabas.broker.internal.metadata.MetadataLog;
import dev.barnabas.broker.internal.metadata.StoredMetadataLog;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.HandlerSource;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBufAllocator;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The control plane of one broker, assembled: metadata log, controller, live configs and their handlers.
 *
 * <p>Construction replays the metadata log, so that {@link #configs} and {@link #metadata} show what was there when the
 * broker stopped; {@link #start} registers the broker, and from then on listeners hear of every image.
 */
public final class ControlPlane implements HandlerSource, AutoCloseable {

    /** The metadata log's topic and its id, as KRaft has them. */
    public static final TopicPartition METADATA_PARTITION = new TopicPartition("__cluster_metadata", 0);

    private static final Uuid METADATA_TOPIC_ID = new Uuid(0, 1);

    /** The largest segment that a batch may need: Kafka's minimum for {@code metadata.log.segment.bytes}. */
    private static final int SEGMENT_BYTES_MIN = 8 << 20;

    /** The largest decision, 10,000 partitions, takes about 1 MB. */
    private static final int BATCH_BYTES_MAX = 8 << 20;

    private final int brokerId;
    private final Clock clock;
    private final LiveConfigs configs;
    private final MetadataLog metadataLog;
    private final LocalController controller;

    /**
     * @param lanes give the controller a lane of its own
     * @param store where the metadata log lies, beside the other logs
     * @param files what the store lies in
     * @param durable whether changes wait for the disk; false in memory
     * @param ids gives random ids
     * @param partitionsMax bounds the partitions of all topics
     * @param policies null if nobody has a say; whoever made them closes them
     */
    public ControlPlane(
            Lanes lanes,
            Clock clock,
            LogStore store,
            FileSystem files,
            boolean durable,
            BrokerSettings settings,
            String clusterId,
            int brokerId,
            Supplier<Uuid> ids,
            int partitionsMax,
            @Nullable Policies policies,
            ByteBufAllocator allocator) {
        this.brokerId = brokerId;
        this.clock = clock;
        Lane lane = lanes.lane("controller");
        long snapshotBytes = number(settings, "metadata.log.max.record.bytes.between.snapshots");
        PartitionLog log = openLog(store, logConfig(number(settings, "metadata.log.segment.bytes"), snapshotBytes));
        long snapshotMs = number(settings, "metadata.log.max.snapshot.interval.ms");
        this.metadataLog =
                new StoredMetadataLog(log, files, lane, lanes, durable, brokerId, snapshotBytes, snapshotMs, allocator);
        ClusterImage image = metadataLog.replay(clusterId, clock.wallMs());
        this.configs = new LiveConfigs(settings, brokerId, image);
        this.controller =
                new LocalController(lane, clock, metadataLog, image, configs, brokerId, ids, partitionsMax, policies);
    }

    @Override
    public @Nullable ApiHandler<?> handler(ApiKey api) {
        Supplier<ClusterImage> newest = controller::image;
        return switch (api) {
            case METADATA -> new MetadataHandler(controller, controller, configs, clock);
            case API_VERSIONS -> new ApiVersionsHandler(brokerId, controller, Features.SUPPORTED);
            case CREATE_TOPICS -> new CreateTopicsHandler(controller);
            case DELETE_TOPICS -> new DeleteTopicsHandler(controller);
            case CREATE_PARTITIONS -> new CreatePartitionsHandler(controller);
            case INCREMENTAL_ALTER_CONFIGS -> new IncrementalAlterConfigsHandler(controller);
            case ALTER_CONFIGS -> new AlterConfigsHandler(controller);
            case UPDATE_FEATURES -> new UpdateFeaturesHandler(controller);
            case ELECT_LEADERS -> new ElectLeadersHandler(controller);
            case DESCRIBE_TOPIC_PARTITIONS -> new DescribeTopicPartitionsHandler(controller, configs);
            case DESCRIBE_CONFIGS ->
                new DescribeConfigsHandler(newest, new ConfigDescriber(configs, brokerId), brokerId);
            case LIST_CONFIG_RESOURCES -> new ListConfigResourcesHandler(newest);
            case DESCRIBE_CLUSTER -> new DescribeClusterHandler(newest);
            case DESCRIBE_QUORUM -> new DescribeQuorumHandler(newest, quorum(), clock);
            case LIST_PARTITION_REASSIGNMENTS -> new ListPartitionReassignmentsHandler();
            default -> null;
        };
    }

    private Quorum quorum() {
        return new Quorum() {
            @Override
            public int nodeId() {
                return brokerId;
            }

            @Override
            public int epoch() {
                return metadataLog.epoch();
            }

            @Override
            public long highWatermark() {
                return metadataLog.highWatermark();
            }
        };
    }

    private static long number(BrokerSettings settings, String name) {
        Object value = settings.value(name);
        if (value == null) {
            throw new IllegalStateException(name + ": not set (expected: a number)");
        }
        return ((Number) value).longValue();
    }

    /** Segments no larger than what lies between two snapshots, so that a snapshot frees space. */
    private static LogConfig logConfig(long segmentBytes, long snapshotBytes) {
        return LogConfig.builder()
                .segmentBytes((int) Math.min(segmentBytes, Math.max(SEGMENT_BYTES_MIN, snapshotBytes)))
                .maxMessageBytes(BATCH_BYTES_MAX)
                .retentionMs(-1)
                .retentionBytes(-1)
                .cleanupPolicy(false, false)
                .build();
    }

    private static PartitionLog openLog(LogStore store, LogConfig config) {
        for (PartitionLog log : store.logs()) {
            if (log.topicPartition().equals(METADATA_PARTITION)) {
                log.updateConfig(config);
                return log;
            }
        }
        return store.create(METADATA_PARTITION, METADATA_TOPIC_ID, config);
    }

    /** Adds one who follows the images; before {@link #start}. */
    public void addListener(MetadataListener listener) {
        controller.addListener(listener);
    }

    /**
     * Registers the broker and publishes the first image, with every topic there is; completes when the listeners have
     * applied it.
     *
     * @param endpoints advertised addresses by listener name
     * @param rack {@code broker.rack}
     * @param incarnationId new with every start
     * @param directoryId of the log directory
     */
    public CompletionStage<?> start(
            Map<String, Endpoint> endpoints, @Nullable String rack, Uuid incarnationId, Uuid directoryId) {
        return controller.start(new Registration(brokerId, endpoints, rack, incarnationId, directoryId));
    }

    public MetadataCache metadata() {
        return controller;
    }

    public ControllerGateway controller() {
        return controller;
    }

    public Configs configs() {
        return configs;
    }

    /** Idempotent; the store, which holds the log, is closed after. */
    @Override
    public void close() {
        metadataLog.close();
    }
}
