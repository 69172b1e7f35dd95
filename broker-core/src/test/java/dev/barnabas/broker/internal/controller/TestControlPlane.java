package dev.barnabas.broker.internal.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.config.BrokerSettings;
import dev.barnabas.broker.internal.exec.ManualClock;
import dev.barnabas.broker.internal.exec.ManualLanes;
import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.MetadataListener;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.ServedApis;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopic;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.FileSystem;
import dev.barnabas.storage.file.MemoryFileSystem;
import dev.barnabas.storage.log.LogDirectory;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;

/** A control plane on the calling thread, over a log directory in memory or on disk, that can be restarted. */
public final class TestControlPlane implements AutoCloseable {

    public static final int BROKER_ID = 0;
    public static final String LISTENER = "EXTERNAL";
    /** Partitions that all topics may have together. */
    static final int PARTITIONS_MAX = 20_000;

    private final FileSystem files;
    private final boolean durable;
    private final Map<String, String> settings;
    private final Random random = new Random(7);
    public final ManualLanes lanes = new ManualLanes();
    public final ManualClock clock = new ManualClock();
    private LogDirectory store;
    public ControlPlane plane;

    public TestControlPlane(Map<String, String> settings, MetadataListener... listeners) {
        this(new MemoryFileSystem("memory"), false, settings, listeners);
    }

    public TestControlPlane(
            FileSystem files, boolean durable, Map<String, String> settings, MetadataListener... listeners) {
        this.files = files;
        this.durable = durable;
        this.settings = settings;
        open(listeners);
    }

    private void open(MetadataListener... listeners) {
        store = LogDirectory.open(
                files,
                "test-cluster",
                BROKER_ID,
                LogConfig.DEFAULTS,
                UnpooledByteBufAllocator.DEFAULT,
                new Random(1),
                clock.wallMs());
        plane = new ControlPlane(
                lanes,
                clock,
                store,
                files,
                durable,
                BrokerSettings.of(settings),
                "test-cluster",
                BROKER_ID,
                this::randomId,
                PARTITIONS_MAX,
                null,
                UnpooledByteBufAllocator.DEFAULT);
        for (MetadataListener listener : listeners) {
            plane.addListener(listener);
        }
        await(plane.start(
                Map.of(LISTENER, new Endpoint("localhost", 9092)),
                null,
                randomId(),
                store.properties().directoryId()));
    }

    private Uuid randomId() {
        return new Uuid(random.nextLong(), random.nextLong());
    }

    /** Shuts down cleanly and opens again. */
    public void restart() {
        plane.close();
        store.close();
        open();
    }

    public <T> T await(CompletionStage<T> stage) {
        lanes.runBlocking();
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    public ClusterImage image() {
        return (ClusterImage) plane.metadata().image();
    }

    /** What the controller decides; a failure of the whole request is thrown. */
    @SuppressWarnings("unchecked")
    public <R extends ApiMessage> R decide(ApiMessage request, int version) {
        return (R) await(plane.controller().forward(request, version, new TestContext(request, version)));
    }

    /** What the API's handler answers. */
    @SuppressWarnings("unchecked")
    public <Q extends ApiMessage, R extends ApiMessage> R ask(Q request, int version) {
        var context = new TestContext(request, version);
        ApiHandler<?> handler = plane.handler(request.apiKey());
        if (handler == null) {
            throw new AssertionError("no handler of " + request.apiKey());
        }
        assertThat(ServedApis.versions(request.apiKey()).contains(version)).isTrue();
        context.handle((ApiHandler<Q>) handler, request);
        lanes.runBlocking();
        return (R) context.response();
    }

    public static CreatableTopic topic(String name, int partitions, String... configs) {
        var topic =
                new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) 1);
        var list = new ArrayList<CreatableTopicConfig>();
        for (int i = 0; i < configs.length; i += 2) {
            list.add(new CreatableTopicConfig().setName(configs[i]).setValue(configs[i + 1]));
        }
        return topic.setConfigs(list);
    }

    public CreateTopicsResponse create(CreatableTopic... topics) {
        return decide(new CreateTopicsRequest().setTopics(List.of(topics)), 7);
    }

    public ErrorCode createError(CreatableTopic topic) {
        var result = create(topic).topics().get(0);
        assertThat(result.errorMessage() == null).isEqualTo(result.errorCode() == 0);
        return ErrorCode.forCode(result.errorCode());
    }

    @Override
    public void close() {
        plane.close();
        store.close();
    }
}
