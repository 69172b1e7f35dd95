package dev.barnabas.broker.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.config.BrokerSettings;
import dev.barnabas.broker.internal.controller.ControlPlane;
import dev.barnabas.broker.internal.exec.ManualClock;
import dev.barnabas.broker.internal.exec.ManualLanes;
import dev.barnabas.broker.internal.exec.ManualTimers;
import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.broker.internal.net.ScarceAllocator;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.partition.PartitionService;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.HandlerSource;
import dev.barnabas.broker.internal.request.ServedApis;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopic;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import dev.barnabas.protocol.message.DeleteTopicsRequest;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import dev.barnabas.storage.log.LogDirectory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The data path of a broker on the calling thread: real handlers, partitions, metadata and logs in memory, on a clock that
 * is moved by hand. What has to wait for the disk waits for {@link #disk}.
 */
public final class DataPath implements AutoCloseable {

    static final int BROKER_ID = 0;
    static final short NO_EPOCH = -1;

    private final FileSystem files;
    private final Map<String, String> settings;
    private final Random random = new Random(7);
    public final ManualClock clock = new ManualClock();
    public final ManualTimers timers = new ManualTimers(clock);
    public final ManualLanes lanes = new ManualLanes();

    /** Of what logs are read and written with. */
    final ScarceAllocator logBuffers = new ScarceAllocator();

    /** Of what fetches convert. */
    final TestConversionMemory conversions = new TestConversionMemory();

    /** Of what handlers write anew. */
    final ScarceAllocator buffers = new ScarceAllocator();

    private LogDirectory store;
    private ControlPlane control;
    private PartitionService partitions;

    DataPath(String... settings) {
        this(new MemoryFileSystem("memory"), settings);
    }

    DataPath(FileSystem files, String... settings) {
        this.files = files;
        this.settings = pairs(settings);
        open();
    }

    private static Map<String, String> pairs(String... namesAndValues) {
        var map = new java.util.HashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private void open() {
        store = LogDirectory.open(
                files, "test-cluster", BROKER_ID, LogConfig.DEFAULTS, logBuffers, new Random(1), clock.wallMs());
        control = new ControlPlane(
                lanes,
                clock,
                store,
                files,
                false,
                BrokerSettings.of(settings),
                "test-cluster",
                BROKER_ID,
                () -> new Uuid(random.nextLong(), random.nextLong()),
                Integer.MAX_VALUE,
                null,
                UnpooledByteBufAllocator.DEFAULT);
        partitions = new PartitionService(
                lanes,
                timers,
                clock,
                store,
                control.metadata(),
                control.configs(),
                control.controller(),
                BROKER_ID,
                buffers);
        control.addListener(partitions);
        await(control.start(
                Map.of(TestRequest.LISTENER, new Endpoint("localhost", 9092)),
                null,
                new Uuid(random.nextLong(), random.nextLong()),
                store.properties().directoryId()));
        partitions.start();
    }

    /** Stops cleanly and starts again on the same files. */
    void restart() {
        shutDown();
        open();
    }

    private void shutDown() {
        await(partitions.stop());
        control.close();
        store.close();
    }

    @Override
    public void close() {
        shutDown();
        assertThat(timers.pending()).as("timers left").isZero();
    }

    /** Lets what waits for the disk have it; returns how many tasks waited. */
    int disk() {
        return lanes.runBlocking();
    }

    private <T> T await(CompletionStage<T> stage) {
        disk();
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    void createTopic(String name, int count, String... configs) {
        var topic = new CreatableTopic().setName(name).setNumPartitions(count).setReplicationFactor((short) 1);
        pairs(configs).forEach((key, value) -> topic.configs()
                .add(new CreatableTopicConfig().setName(key).setValue(value)));
        var request = new CreateTopicsRequest().setTopics(List.of(topic));
        var response = (CreateTopicsResponse)
                await(control.controller().forward(request, 7, new TestRequest(request, 7, "admin")));
        assertThat(ErrorCode.forCode(response.topics().get(0).errorCode())).isEqualTo(ErrorCode.NONE);
    }

    void deleteTopic(String name) {
        var request = new DeleteTopicsRequest().setTopicNames(List.of(name)).setTimeoutMs(1000);
        await(control.controller().forward(request, 5, new TestRequest(request, 5, "admin")));
    }

    void setTopicConfig(String topic, String name, String value) {
        var request = new IncrementalAlterConfigsRequest()
                .setResources(List.of(new AlterConfigsResource()
                        .setResourceType((byte) 2)
                        .setResourceName(topic)
                        .setConfigs(List.of(new AlterableConfig()
                                .setName(name)
                                .setValue(value)
                                .setConfigOperation((byte) 0)))));
        await(control.controller().forward(request, 1, new TestRequest(request, 1, "admin")));
    }

    Uuid topicId(String name) {
        return control.metadata().image().topic(name).id();
    }

    LocalPartition partition(String topic, int index) {
        return partitions.find(new TopicPartition(topic, index));
    }

    LogDirectory store() {
        return store;
    }

    HandlerSource handlers() {
        return partitions;
    }

    // ---- requests

    TestRequest send(ApiMessage request, int version) {
        return send(request, version, "test");
    }

    TestRequest send(ApiMessage request, int version, String clientId) {
        var context = new TestRequest(request, version, clientId, conversions);
        ApiHandler<?> handler = partitions.handler(request.apiKey());
        if (handler == null) {
            throw new AssertionError("no handler of " + request.apiKey());
        }
        handle(handler, request, context);
        return context;
    }

    @SuppressWarnings("unchecked")
    private static <Q extends ApiMessage> void handle(ApiHandler<Q> handler, ApiMessage request, TestRequest context) {
        assertThat(ServedApis.versions(request.apiKey()).contains(context.version()))
                .isTrue();
        try {
            handler.handle((Q) request, context);
        } catch (ApiException e) {
            ApiMessage answer = handler.failed((Q) request, context.version(), e);
            if (answer == null) {
                context.closeConnection(String.valueOf(e.getMessage()));
            } else {
                context.respond(answer);
            }
        }
    }

    // ---- produce

    /** One batch with a record for each of {@code values}. */
    ByteBuf batch(String... values) {
        return batch(builder -> {}, values);
    }

    ByteBuf batch(Compression compression, String... values) {
        return batch(builder -> builder.compression(compression), values);
    }

    ByteBuf batch(Consumer<RecordBatchBuilder> settings, String... values) {
        try (var builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            settings.accept(builder);
            for (String value : values) {
                builder.append(clock.wallMs(), new byte[] {'k'}, value.getBytes(StandardCharsets.UTF_8));
            }
            return onHeap(builder.build());
        }
    }

    /** The same bytes in a buffer that needs no release. */
    static ByteBuf onHeap(ByteBuf buffer) {
        try {
            return Unpooled.wrappedBuffer(ByteBufUtil.getBytes(buffer));
        } finally {
            buffer.release();
        }
    }

    static ProduceRequest produce(int acks, String topic, int partition, ByteBuf batch) {
        return new ProduceRequest()
                .setAcks((short) acks)
                .setTimeoutMs(1000)
                .setTopicData(List.of(new TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(new PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(new ByteBufRecords(batch))))));
    }

    /** Sends one batch to one partition, by name, and expects no answer yet. */
    TestRequest produceLater(int acks, String topic, int partition, ByteBuf batch) {
        return send(produce(acks, topic, partition, batch), 12);
    }

    PartitionProduceResponse produce(String topic, int partition, ByteBuf batch) {
        return answerOf(produceLater(-1, topic, partition, batch));
    }

    static PartitionProduceResponse answerOf(TestRequest produce) {
        return produce.response(ProduceResponse.class)
                .responses()
                .get(0)
                .partitionResponses()
                .get(0);
    }

    // ---- fetch

    static FetchRequest fetch(int maxWaitMs, int minBytes, FetchTopic... topics) {
        return new FetchRequest()
                .setReplicaId(-1)
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(minBytes)
                .setMaxBytes(Integer.MAX_VALUE)
                .setSessionEpoch(-1)
                .setTopics(List.of(topics));
    }

    static FetchTopic topic(String name, FetchPartition... wanted) {
        return new FetchTopic().setTopic(name).setPartitions(List.of(wanted));
    }

    static FetchPartition at(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setCurrentLeaderEpoch(-1)
                .setLastFetchedEpoch(-1)
                .setPartitionMaxBytes(1 << 20);
    }

    /** What is answered of each partition, in order. */
    static List<PartitionData> dataOf(TestRequest fetch) {
        var data = new ArrayList<PartitionData>();
        fetch.response(FetchResponse.class).responses().forEach(topic -> data.addAll(topic.partitions()));
        return data;
    }

    /** Base offsets of the batches in {@code data}. */
    static List<Long> offsetsIn(PartitionData data) {
        var offsets = new ArrayList<Long>();
        if (data.records() instanceof ByteBufRecords records) {
            var batches = new RecordBatches().reset(records);
            while (batches.next()) {
                offsets.add(batches.batch().baseOffset());
            }
        }
        return offsets;
    }
}
