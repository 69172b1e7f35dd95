package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.metadata.BrokerImage;
import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.partition.Partition;
import dev.barnabas.broker.internal.partition.Partitions;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.HandlerSource;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.file.MemoryFileSystem;
import dev.barnabas.storage.log.LogDirectory;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A group service on real logs in memory, without a network: requests go to its handlers. */
public final class OneBroker implements Partitions, ControllerGateway, AutoCloseable {

    private static final int BROKER = 1;

    public final ManualTime time = new ManualTime();
    public final MapConfigs configs = new MapConfigs().set("offsets.topic.num.partitions", 4);
    private final MemoryFileSystem files = new MemoryFileSystem("memory");
    private final Map<String, TopicImage> topics = new HashMap<>();
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private final Random random = new Random(1);
    private LogStore store;
    private GroupService groups;

    public OneBroker() {
        start();
    }

    private void start() {
        store = LogDirectory.open(
                files, "cluster", BROKER, config(), UnpooledByteBufAllocator.DEFAULT, new Random(1), time.wallMs());
        partitions.clear();
        store.logs().forEach(this::host);
        groups = new GroupService(
                time,
                time,
                this,
                this::image,
                this,
                configs,
                20_000,
                200_000,
                Long.MAX_VALUE,
                () -> new Uuid(random.nextLong(), random.nextLong()),
                UnpooledByteBufAllocator.DEFAULT);
        groups.start();
    }

    private static LogConfig config() {
        return LogConfig.builder().build();
    }

    private void host(dev.barnabas.storage.PartitionLog log) {
        log.updateHighWatermark(log.logEndOffset());
        partitions.put(log.topicPartition(), new StoredPartition(log, new DirectLane()));
    }

    /** Stops, and starts again on the same files. */
    public void restart() throws Exception {
        groups.close();
        store.close();
        start();
    }

    @Override
    public void close() throws Exception {
        groups.close();
        store.close();
    }

    public TopicImage createTopic(String name, int count) {
        var images = new java.util.ArrayList<PartitionImage>();
        var id = new Uuid(random.nextLong(), random.nextLong());
        for (int i = 0; i < count; i++) {
            images.add(new PartitionImage(i, List.of(BROKER), List.of(BROKER), List.of(Uuid.ZERO), BROKER, 0, 0));
            host(store.create(new TopicPartition(name, i), id, config()));
        }
        var topic = new TopicImage(name, id, images);
        topics.put(name, topic);
        return topic;
    }

    public void deleteTopic(String name) {
        var before = image();
        topics.remove(name);
        groups.onImage(before, image()).toCompletableFuture().join();
    }

    public HandlerSource handlers() {
        return groups;
    }

    /** What the API's handler answers; from the loopback address, on the listener "PLAINTEXT". */
    public <R extends ApiMessage> R ask(ApiMessage request, int version, Class<R> answer) {
        var context = send(request, version);
        return answer.cast(context.answer.get());
    }

    /** Hands {@code request} to its handler, which may answer later. */
    public TestContext send(ApiMessage request, int version) {
        var handler = groups.handler(request.apiKey());
        if (handler == null) {
            throw new AssertionError("no handler: " + request.apiKey());
        }
        return send(handler, request, version);
    }

    @SuppressWarnings("unchecked")
    private static <Q extends ApiMessage> TestContext send(ApiHandler<Q> handler, ApiMessage request, int version) {
        var context = new TestContext(request.apiKey(), version);
        try {
            handler.handle((Q) request, context);
        } catch (ApiException e) {
            context.respond(handler.failed((Q) request, version, e));
        }
        return context;
    }

    @Override
    public Partition find(TopicPartition partition) {
        return partitions.get(partition);
    }

    @Override
    public Partition leader(TopicPartition partition) {
        var found = partitions.get(partition);
        if (found == null) {
            throw new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition: " + partition);
        }
        return found;
    }

    @Override
    public Collection<Partition> all() {
        return partitions.values();
    }

    @Override
    public CompletionStage<Void> ensureInternalTopic(String topic) {
        createTopic(topic, configs.brokerInt("offsets.topic.num.partitions"));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<ApiMessage> forward(ApiMessage request, int version, RequestContext context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<ProducerIdBlock> allocateProducerIds() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<ApiMessage> autoCreate(Collection<String> names, RequestContext context) {
        throw new UnsupportedOperationException();
    }

    public boolean hasOffsetsTopic() {
        return topics.containsKey(InternalTopics.CONSUMER_OFFSETS);
    }

    private MetadataImage image() {
        return new Image(Map.copyOf(topics));
    }

    private record Image(Map<String, TopicImage> byName) implements MetadataImage {
        @Override
        public long offset() {
            return 0;
        }

        @Override
        public String clusterId() {
            return "cluster";
        }

        @Override
        public Map<Integer, BrokerImage> brokers() {
            var endpoint = new BrokerImage.Endpoint("localhost", 9092);
            return Map.of(BROKER, new BrokerImage(BROKER, 0, Map.of("PLAINTEXT", endpoint), null));
        }

        @Override
        public Collection<TopicImage> topics() {
            return byName.values();
        }

        @Override
        public TopicImage topic(String name) {
            return byName.get(name);
        }

        @Override
        public TopicImage topic(Uuid id) {
            return byName.values().stream()
                    .filter(topic -> topic.id().equals(id))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Map<String, String> topicConfigs(String topic) {
            return Map.of();
        }

        @Override
        public Map<String, String> brokerConfigs(String brokerId) {
            return Map.of();
        }

        @Override
        public Map<String, String> groupConfigs(String groupId) {
            return Map.of();
        }

        @Override
        public Map<String, Short> features() {
            return Map.of();
        }
    }
}
