package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.BrokerBuilder;
import dev.barnabas.broker.Limits;
import dev.barnabas.broker.Listener;
import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.broker.spi.Verdict;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.ApiVersionsResponse;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FindCoordinatorRequest;
import dev.barnabas.protocol.message.HeartbeatRequest;
import dev.barnabas.protocol.message.HeartbeatResponse;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.barnabas.protocol.message.IncrementalAlterConfigsResponse;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataResponse;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.SyncGroupRequest;
import dev.barnabas.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.barnabas.protocol.message.SyncGroupResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The front end by raw sockets. */
@Timeout(60)
class FrontEndTest {

    private static final String OVERRIDES = "max.connections.per.ip.overrides";
    private static final ApiVersionsRequest API_VERSIONS =
            new ApiVersionsRequest().setClientSoftwareName("raw").setClientSoftwareVersion("1.0");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void apiVersionsIsAnsweredInEveryVersion(int version) throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            ApiVersionsResponse response = client.call(API_VERSIONS, version);
            assertThat(response.errorCode()).isZero();
            assertThat(response.apiKeys())
                    .extracting(ApiVersionsResponse.ApiVersion::apiKey)
                    .contains((short) 0, (short) 1, (short) 18);
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {99, -1, Short.MIN_VALUE})
    void anUnknownApiVersionsVersionIsAnsweredInVersionZeroAndTheConnectionGoesOn(short version) throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            client.send(ByteBuffer.allocate(4 + 8 + 2 + 1)
                    .putInt(11)
                    .putShort((short) 18)
                    .putShort(version)
                    .putInt(7)
                    .putShort((short) -1)
                    .put((byte) 0)
                    .array());
            ApiVersionsResponse response = client.receive(ApiKey.API_VERSIONS, 0, 7);
            assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
            assertThat(response.apiKeys()).hasSize(1);
            assertThat(response.apiKeys().get(0).maxVersion()).isEqualTo((short) 5);
            ApiVersionsResponse again = client.call(API_VERSIONS, 3);
            assertThat(again.errorCode()).isZero();
        }
    }

    @Test
    void aRequestOfMoreElementsThanThereIsMemoryForClosesItsConnection() throws IOException {
        try (Broker broker = withLittleMemory().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            MetadataResponse response = client.call(topics(16_000), 4);
            assertThat(response.topics()).hasSize(16_000);
            client.send(topics(16_400), 4);
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void requestsOfManyElementsWaitForEachOtherAndOrdinaryOnesForNone() throws IOException {
        var held = new CompletableFuture<Void>();
        var seen = new AtomicInteger();
        RequestInterceptor holdingMetadata = new RequestInterceptor() {
            @Override
            public Verdict onRequest(InterceptedRequest request) {
                boolean isMany = request.api() == ApiKey.METADATA
                        && ((MetadataRequest) request.message()).topics().size() > 1000;
                return isMany && seen.getAndIncrement() == 0 ? Verdict.holdUntil(held) : Verdict.proceed();
            }
        };
        try (Broker broker = withLittleMemory().interceptor(holdingMetadata).start();
                RawClient first = new RawClient(broker.bootstrapServers());
                RawClient second = new RawClient(broker.bootstrapServers());
                RawClient third = new RawClient(broker.bootstrapServers())) {
            int firstId = first.send(topics(10_000), 4);
            await().until(() -> seen.get() == 1);
            int secondId = second.send(topics(10_000), 4);
            for (int i = 0; i < 50; i++) {
                MetadataResponse ordinary = third.call(topics(10), 4);
                assertThat(ordinary.topics()).hasSize(10);
            }
            assertThat(seen).hasValue(1);
            held.complete(null);
            MetadataResponse firstAnswer = first.receive(ApiKey.METADATA, 4, firstId);
            MetadataResponse secondAnswer = second.receive(ApiKey.METADATA, 4, secondId);
            assertThat(firstAnswer.topics()).hasSize(10_000);
            assertThat(secondAnswer.topics()).hasSize(10_000);
        }
    }

    @Test
    void aFetchOfManyPartitionsIsAnsweredEarlyWhenOthersWaitForItsMemory() throws IOException {
        var fetches = new AtomicInteger();
        RequestInterceptor counting = new RequestInterceptor() {
            @Override
            public Verdict onRequest(InterceptedRequest request) {
                if (request.api() == ApiKey.FETCH) {
                    fetches.incrementAndGet();
                }
                return Verdict.proceed();
            }
        };
        try (Broker broker = withLittleMemory()
                        .topic("orders", 1)
                        .interceptor(counting)
                        .start();
                RawClient waiting = new RawClient(broker.bootstrapServers());
                RawClient other = new RawClient(broker.bootstrapServers())) {
            FetchRequest many = fetch("orders", 0, 1, Integer.MAX_VALUE);
            FetchTopic topic = many.topics().get(0);
            topic.setPartitions(Collections.nCopies(10_000, topic.partitions().get(0)));
            int id = waiting.send(many, 11);
            await().until(() -> fetches.get() == 1);
            for (int i = 0; i < 3; i++) {
                MetadataResponse response = other.call(topics(10_000), 4);
                assertThat(response.topics()).hasSize(10_000);
            }
            FetchResponse early = waiting.receive(ApiKey.FETCH, 11, id);
            assertThat(early.responses().get(0).partitions().get(0).errorCode()).isZero();
        }
    }

    @Test
    void membersThatWaitForTheirGroupHoldNoMemoryThatOthersWaitFor() throws IOException {
        try (Broker broker = withLittleMemory().start();
                RawClient first = new RawClient(broker.bootstrapServers());
                RawClient second = new RawClient(broker.bootstrapServers());
                RawClient other = new RawClient(broker.bootstrapServers())) {
            other.call(new FindCoordinatorRequest().setKey("billing"), 1);
            JoinGroupResponse alone = first.call(joining("", 1), 3);
            int join = second.send(joining("", 10_000), 3);
            await().until(() -> {
                HeartbeatResponse beat = first.call(
                        new HeartbeatRequest()
                                .setGroupId("billing")
                                .setMemberId(alone.memberId())
                                .setGenerationId(alone.generationId()),
                        3);
                return beat.errorCode() == ErrorCode.REBALANCE_IN_PROGRESS.code();
            });
            requireRoomForManyElements(other);

            JoinGroupResponse leader = first.call(joining(alone.memberId(), 1), 3);
            JoinGroupResponse follower = second.receive(ApiKey.JOIN_GROUP, 3, join);
            int sync = second.send(syncing(follower, "nobody", 10_000), 3);
            requireRoomForManyElements(other);
            SyncGroupResponse assigned = first.call(syncing(leader, follower.memberId(), 1), 3);
            SyncGroupResponse follows = second.receive(ApiKey.SYNC_GROUP, 3, sync);
            assertThat(assigned.errorCode()).isZero();
            assertThat(follows.assignment()).isEqualTo(new byte[] {7});
        }
    }

    private static void requireRoomForManyElements(RawClient client) throws IOException {
        for (int i = 0; i < 3; i++) {
            MetadataResponse response = client.call(topics(10_000), 4);
            assertThat(response.topics()).hasSize(10_000);
        }
    }

    private static JoinGroupRequest joining(String memberId, int protocols) {
        JoinGroupRequest request = new JoinGroupRequest()
                .setGroupId("billing")
                .setMemberId(memberId)
                .setSessionTimeoutMs(60_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocolType("consumer");
        for (int i = 0; i < protocols; i++) {
            request.protocols().add(new JoinGroupRequestProtocol().setName("p" + i));
        }
        return request;
    }

    private static SyncGroupRequest syncing(JoinGroupResponse joined, String assignTo, int assignments) {
        SyncGroupRequest request = new SyncGroupRequest()
                .setGroupId("billing")
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId());
        for (int i = 0; i < assignments; i++) {
            request.assignments()
                    .add(new SyncGroupRequestAssignment().setMemberId(assignTo).setAssignment(new byte[] {7}));
        }
        return request;
    }

    @Test
    void aRequestBehindOneThatWaitsHoldsNoMemoryThatOthersWaitFor() throws IOException {
        try (Broker broker = withLittleMemory().topic("orders", 1).start();
                RawClient waiting = new RawClient(broker.bootstrapServers());
                RawClient other = new RawClient(broker.bootstrapServers())) {
            waiting.send(fetch("orders", 0, 1, Integer.MAX_VALUE), 11);
            waiting.send(topics(10_000), 4);
            for (int i = 0; i < 3; i++) {
                MetadataResponse response = other.call(topics(10_000), 4);
                assertThat(response.topics()).hasSize(10_000);
            }
        }
    }

    @Test
    void aRequestOfAPeerThatDoesNotTakeItsAnswersHoldsNoMemoryThatOthersWaitFor() throws IOException {
        try (Broker broker = withLittleMemory().topic("orders", 1).start();
                RawClient deaf = new RawClient(broker.bootstrapServers(), 4096);
                RawClient other = new RawClient(broker.bootstrapServers())) {
            for (int i = 0; i < 20; i++) {
                other.call(Records.produce("orders", 0, (short) 1, new byte[400_000]), 9);
            }
            int fetch = deaf.send(fetch("orders", 0, 1, 0), 11);
            int metadata = deaf.send(topics(10_000), 4);
            for (int i = 0; i < 3; i++) {
                MetadataResponse response = other.call(topics(10_000), 4);
                assertThat(response.topics()).hasSize(10_000);
            }
            deaf.receive(ApiKey.FETCH, 11, fetch);
            MetadataResponse late = deaf.receive(ApiKey.METADATA, 4, metadata);
            assertThat(late.topics()).hasSize(10_000);
        }
    }

    private static BrokerBuilder withLittleMemory() {
        return Broker.builder().limits(Limits.defaults().withRequestMemoryBytes(1 << 20));
    }

    private static MetadataRequest topics(int count) {
        var request = new MetadataRequest().setAllowAutoTopicCreation(false);
        for (int i = 0; i < count; i++) {
            request.topics().add(new MetadataRequest.MetadataRequestTopic().setName("t" + i));
        }
        return request;
    }

    @Test
    void aClientThatMisnamesItselfIsToldSo() throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            ApiVersionsRequest request =
                    new ApiVersionsRequest().setClientSoftwareName("-bad").setClientSoftwareVersion("1");
            ApiVersionsResponse response = client.call(request, 3);
            assertThat(response.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        }
    }

    @Test
    void aClientOfAnotherClusterOrNodeIsToldToStartAnew() throws IOException {
        try (Broker broker = Broker.builder().nodeId(4).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            assertThat(reboots(client, "another", 4)).isTrue();
            assertThat(reboots(client, broker.clusterId(), 5)).isTrue();
            assertThat(reboots(client, broker.clusterId(), 4)).isFalse();
            assertThat(reboots(client, null, -1)).isFalse();
        }
    }

    private static boolean reboots(RawClient client, String clusterId, int nodeId) throws IOException {
        ApiVersionsRequest request = new ApiVersionsRequest()
                .setClientSoftwareName("raw")
                .setClientSoftwareVersion("1")
                .setClusterId(clusterId)
                .setNodeId(nodeId);
        ApiVersionsResponse response = client.call(request, 5);
        return response.errorCode() == ErrorCode.REBOOTSTRAP_REQUIRED.code();
    }

    @Test
    void garbageClosesItsConnectionAndNoOther() throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient good = new RawClient(broker.bootstrapServers())) {
            byte[][] garbage = {
                {0, 0, 0, 0}, // an empty frame
                {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}, // a negative length
                {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff}, // two gigabytes
                {0, 0, 0, 4, 0, 18, 0, 0}, // half a header
                {0, 0, 0, 10, 0, 95, 0, 0, 0, 0, 0, 1, -1, -1}, // an API that does not exist
                {0, 0, 0, 10, 0, 4, 0, 0, 0, 0, 0, 1, -1, -1}, // an API that is not served
                {0, 0, 0, 10, 0, 3, 0, 99, 0, 0, 0, 1, -1, -1}, // a version that does not exist
                "GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            };
            for (byte[] bytes : garbage) {
                try (RawClient bad = new RawClient(broker.bootstrapServers())) {
                    bad.send(bytes);
                    assertThat(bad.isClosedByBroker()).isTrue();
                }
                ApiVersionsResponse response = good.call(API_VERSIONS, 3);
                assertThat(response.errorCode()).isZero();
            }
        }
    }

    @Test
    void randomBytesNeverHurtTheBroker() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (Broker broker = Broker.builder().topic("orders", 1).start()) {
            for (int i = 0; i < 300; i++) {
                byte[] body = new byte[random.nextInt(200)];
                random.nextBytes(body);
                if (body.length > 8) {
                    body[0] = 0;
                    body[1] = (byte) random.nextInt(80);
                    body[2] = 0;
                    body[3] = (byte) random.nextInt(10);
                }
                try (RawClient client = new RawClient(broker.bootstrapServers())) {
                    client.send(ByteBuffer.allocate(4 + body.length)
                            .putInt(body.length)
                            .put(body)
                            .array());
                }
            }
            try (RawClient good = new RawClient(broker.bootstrapServers())) {
                ApiVersionsResponse response = good.call(API_VERSIONS, 3);
                assertThat(response.errorCode()).as("seed " + seed).isZero();
            }
        }
    }

    @Test
    void aRequestMayArriveByteByByte() throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            for (byte b : RawClient.encode(API_VERSIONS, 3, 0)) {
                client.send(new byte[] {b});
            }
            ApiVersionsResponse response = client.receive(ApiKey.API_VERSIONS, 3, 0);
            assertThat(response.errorCode()).isZero();
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            int rounds = 200;
            for (int i = 0; i < rounds; i++) {
                client.send(Records.produce("orders", 0, (short) -1, new byte[10]), 9);
                client.send(API_VERSIONS, 3);
                client.send(new MetadataRequest().setTopics(List.of()), 9);
            }
            for (int i = 0; i < rounds; i++) {
                ProduceResponse produced = client.receive(ApiKey.PRODUCE, 9, 3 * i);
                assertThat(produced.responses()
                                .get(0)
                                .partitionResponses()
                                .get(0)
                                .baseOffset())
                        .isEqualTo(i);
                client.receive(ApiKey.API_VERSIONS, 3, 3 * i + 1);
                client.receive(ApiKey.METADATA, 9, 3 * i + 2);
            }
        }
    }

    @Test
    void aRequestBehindOneThatWaitsIsServedAfterIt() throws IOException {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            long began = System.nanoTime();
            int fetch = client.send(fetch("orders", 0, 1, 300), 11);
            int versions = client.send(API_VERSIONS, 3);
            client.receive(ApiKey.FETCH, 11, fetch);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isGreaterThanOrEqualTo(290);
            client.receive(ApiKey.API_VERSIONS, 3, versions);
        }
    }

    @Test
    void aPeerThatHasSentItsLastByteIsAnsweredAllThatItAskedFor() throws IOException {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            int fetch = client.send(fetch("orders", 0, 1, 300), 11);
            int versions = client.send(API_VERSIONS, 3);
            client.socket().shutdownOutput();
            client.receive(ApiKey.FETCH, 11, fetch);
            client.receive(ApiKey.API_VERSIONS, 3, versions);
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void aPeerThatHasSentItsLastByteAndWaitsForNothingIsHungUpOn() throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            client.call(API_VERSIONS, 3);
            client.socket().shutdownOutput();
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void recordsSentWithoutWantingAnAnswerAreStoredThoughTheirSenderIsGone() throws IOException {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                RawClient reader = new RawClient(broker.bootstrapServers())) {
            try (RawClient sender = new RawClient(broker.bootstrapServers())) {
                sender.send(fetch("orders", 0, 1, 300), 11);
                for (int i = 0; i < 20; i++) {
                    sender.send(Records.produce("orders", 0, (short) 0, new byte[10]), 9);
                }
            }
            await().untilAsserted(() -> {
                FetchResponse fetched = reader.call(fetch("orders", 0, 1, 0), 11);
                assertThat(fetched.responses().get(0).partitions().get(0).highWatermark())
                        .isEqualTo(20);
            });
        }
    }

    @Test
    void acksZeroIsNotAnswered() throws IOException {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            for (int i = 0; i < 10; i++) {
                client.send(Records.produce("orders", 0, (short) 0, new byte[10]), 9);
            }
            int last = client.send(Records.produce("orders", 0, (short) 1, new byte[10]), 9);
            ProduceResponse produced = client.receive(ApiKey.PRODUCE, 9, last);
            assertThat(produced.responses().get(0).partitionResponses().get(0).baseOffset())
                    .isEqualTo(10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 5_000, 70_000, 900_000})
    void recordsGoInAndOutUnchangedOnDisk(int bytes, @TempDir Path directory) throws IOException {
        assertRoundTrip(Broker.builder().dataDir(directory), bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 5_000, 70_000, 900_000})
    void recordsGoInAndOutUnchangedInMemory(int bytes) throws IOException {
        assertRoundTrip(Broker.builder(), bytes);
    }

    private static void assertRoundTrip(BrokerBuilder builder, int bytes) throws IOException {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        try (Broker broker = builder.topic("orders", 1).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            for (int i = 0; i < 5; i++) {
                ProduceResponse produced = client.call(Records.produce("orders", 0, (short) -1, value), 9);
                assertThat(produced.responses()
                                .get(0)
                                .partitionResponses()
                                .get(0)
                                .errorCode())
                        .isZero();
            }
            FetchResponse fetched = client.call(fetch("orders", 0, 1, 100), 11);
            var records = (dev.barnabas.protocol.record.ByteBufRecords)
                    fetched.responses().get(0).partitions().get(0).records();
            ByteBuffer buffer = records.buffer().nioBuffer();
            int seen = 0;
            for (var record : org.apache.kafka.common.record.internal.MemoryRecords.readableRecords(buffer)
                    .records()) {
                byte[] read = new byte[record.valueSize()];
                record.value().get(read);
                assertThat(read).isEqualTo(value);
                assertThat(record.offset()).isEqualTo(seen++);
            }
            assertThat(seen).isEqualTo(5);
        }
    }

    /** That a busy one stays open is shown on a clock moved by hand, where it takes no luck: ManualClockTest. */
    @Test
    void anIdleConnectionIsClosed() throws IOException {
        try (Broker broker = Broker.builder()
                        .property("connections.max.idle.ms", "100")
                        .start();
                RawClient idle = new RawClient(broker.bootstrapServers())) {
            assertThat(idle.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void connectionsAboveTheLimitAreRefusedUntilOthersClose() throws IOException {
        try (Broker broker =
                        Broker.builder().property("max.connections.per.ip", "2").start();
                RawClient first = new RawClient(broker.bootstrapServers())) {
            first.call(API_VERSIONS, 3);
            try (RawClient second = new RawClient(broker.bootstrapServers());
                    RawClient third = new RawClient(broker.bootstrapServers())) {
                second.call(API_VERSIONS, 3);
                assertThat(third.isClosedByBroker()).isTrue();
            }
            await().ignoreExceptions().until(() -> {
                try (RawClient fourth = new RawClient(broker.bootstrapServers())) {
                    fourth.call(API_VERSIONS, 3);
                    return true;
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", ""})
    void aLimitOfConnectionsHoldsFromItsAlterationOn(String brokerOrAll) throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient first = new RawClient(broker.bootstrapServers());
                RawClient second = new RawClient(broker.bootstrapServers())) {
            second.call(API_VERSIONS, 3);
            assertThat(alter(first, brokerOrAll, "max.connections.per.ip", "1")).isEqualTo(ErrorCode.NONE.code());
            try (RawClient third = new RawClient(broker.bootstrapServers())) {
                assertThat(third.isClosedByBroker()).isTrue();
            }
            second.call(API_VERSIONS, 3);
            assertThat(alter(first, brokerOrAll, "max.connections.per.ip", "3")).isEqualTo(ErrorCode.NONE.code());
            try (RawClient third = new RawClient(broker.bootstrapServers())) {
                third.call(API_VERSIONS, 3);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1:2           | false
            127.0.0.1:2           | true
            localhost:2           | false
            localhost:2           | true
            127.0.0.1:1,127.0.0.1:2, ::1:7 | true""")
    void aPeerMayHaveALimitOfItsOwn(String overrides, boolean isAltered) throws IOException {
        BrokerBuilder builder = Broker.builder().property("max.connections.per.ip", "100");
        if (!isAltered) {
            builder.property("max.connections.per.ip", "1").property(OVERRIDES, overrides);
        }
        try (Broker broker = builder.start();
                RawClient first = new RawClient(broker.bootstrapServers())) {
            first.call(API_VERSIONS, 3);
            if (isAltered) {
                assertThat(alter(first, "0", OVERRIDES, overrides)).isEqualTo(ErrorCode.NONE.code());
            }
            await().until(() -> mayConnect(broker, 1) && !mayConnect(broker, 2));
            assertThat(alter(first, "0", OVERRIDES, "127.0.0.1:3")).isEqualTo(ErrorCode.NONE.code());
            await().until(() -> mayConnect(broker, 2) && !mayConnect(broker, 3));
        }
    }

    /** Whether so many more connections are served. */
    private static boolean mayConnect(Broker broker, int count) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(new RawClient(broker.bootstrapServers()));
                clients.get(i).call(API_VERSIONS, 3);
            }
            return true;
        } catch (IOException refused) {
            return false;
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void theIdleTimeOfConnectionsIsNotAlterable() throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            assertThat(alter(client, "0", "connections.max.idle.ms", "1000"))
                    .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        }
    }

    /** Returns the error code. */
    private static short alter(RawClient client, String broker, String name, String value) throws IOException {
        byte brokerResource = 4;
        IncrementalAlterConfigsResponse response = client.call(
                new IncrementalAlterConfigsRequest()
                        .setResources(List.of(new AlterConfigsResource()
                                .setResourceType(brokerResource)
                                .setResourceName(broker)
                                .setConfigs(List.of(
                                        new AlterableConfig().setName(name).setValue(value))))),
                1);
        return response.responses().get(0).errorCode();
    }

    @Test
    void aThousandConnectionsOpenedAtOnceAreAllServed() throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try (Broker broker = Broker.builder().start()) {
            for (int i = 0; i < 1000; i++) {
                clients.add(new RawClient(broker.bootstrapServers()));
            }
            for (RawClient client : clients) {
                client.send(API_VERSIONS, 3);
            }
            for (RawClient client : clients) {
                ApiVersionsResponse response = client.receive(ApiKey.API_VERSIONS, 3, 0);
                assertThat(response.errorCode()).isZero();
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void everyListenerTellsItsOwnAddress() throws IOException {
        try (Broker broker = Broker.builder()
                .listener(new Listener("INTERNAL", "127.0.0.1", 0))
                .listener(new Listener("OUTSIDE", "127.0.0.1", 0).advertised("broker.example.org", 19092))
                .start()) {
            assertThat(broker.bootstrapServers()).isEqualTo(broker.bootstrapServers("INTERNAL"));
            assertThat(broker.bootstrapServers("OUTSIDE")).isEqualTo("broker.example.org:19092");
            try (RawClient client = new RawClient(broker.bootstrapServers("INTERNAL"))) {
                MetadataResponse metadata = client.call(new MetadataRequest().setTopics(null), 9);
                assertThat(metadata.brokers()).hasSize(1);
                assertThat(metadata.brokers().get(0).host() + ":"
                                + metadata.brokers().get(0).port())
                        .isEqualTo(broker.bootstrapServers("INTERNAL"));
            }
        }
    }

    @Test
    void anInterceptorSeesRequestsAndResponsesWithTheClientsWords() throws IOException {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        RequestInterceptor watching = new RequestInterceptor() {
            @Override
            public Verdict onRequest(InterceptedRequest request) {
                seen.add(request.api().apiName() + " v" + request.version() + " by " + request.clientId() + "/"
                        + request.clientSoftwareName() + " on " + request.listenerName());
                return Verdict.proceed();
            }

            @Override
            public void onResponse(InterceptedRequest request, ApiMessage response) {
                seen.add("response of " + response.apiKey().apiName());
            }
        };
        try (Broker broker = Broker.builder().interceptor(watching).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            client.call(API_VERSIONS, 3);
            client.call(new MetadataRequest().setTopics(List.of()), 9);
        }
        assertThat(seen)
                .containsExactly(
                        "ApiVersions v3 by raw/unknown on PLAINTEXT",
                        "response of ApiVersions",
                        "Metadata v9 by raw/raw on PLAINTEXT",
                        "response of Metadata");
    }

    @Test
    void anInterceptorDelaysFailsAndDisconnects() throws IOException {
        try (Broker broker = brokerWith(request -> switch (request.version()) {
                    case 5 -> Verdict.delay(Duration.ofMillis(200));
                    case 6 -> Verdict.fail(ErrorCode.REQUEST_TIMED_OUT);
                    case 7 -> Verdict.disconnect();
                    default -> Verdict.proceed();
                });
                RawClient client = new RawClient(broker.bootstrapServers())) {
            long began = System.nanoTime();
            client.call(Records.produce("orders", 0, (short) 1, new byte[1]), 5);
            assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(195));
            ProduceResponse failed = client.call(Records.produce("orders", 0, (short) 1, new byte[1]), 6);
            assertThat(failed.responses().get(0).partitionResponses().get(0).errorCode())
                    .isEqualTo(ErrorCode.REQUEST_TIMED_OUT.code());
            client.send(Records.produce("orders", 0, (short) 1, new byte[1]), 7);
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void whatComesBehindAHeldRequestWaitsAndStaysInOrder() throws IOException {
        CompletableFuture<Void> held = new CompletableFuture<>();
        AtomicInteger requests = new AtomicInteger();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (Broker broker = brokerWith(request -> {
                    order.add(request.header().correlationId());
                    return requests.getAndIncrement() == 0 ? Verdict.holdUntil(held) : Verdict.proceed();
                });
                RawClient client = new RawClient(broker.bootstrapServers())) {
            for (int i = 0; i < 5; i++) {
                client.send(Records.produce("orders", 0, (short) 1, new byte[1]), 9);
            }
            await().until(() -> requests.get() == 1);
            held.complete(null);
            for (int i = 0; i < 5; i++) {
                ProduceResponse produced = client.receive(ApiKey.PRODUCE, 9, i);
                assertThat(produced.responses()
                                .get(0)
                                .partitionResponses()
                                .get(0)
                                .baseOffset())
                        .isEqualTo(i);
            }
            assertThat(order).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void aSlowReaderGetsEverythingInTheEnd() throws IOException {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                RawClient slow = new RawClient(broker.bootstrapServers(), 4096)) {
            byte[] value = new byte[900_000];
            for (int i = 0; i < 10; i++) {
                slow.call(Records.produce("orders", 0, (short) 1, value), 9);
            }
            int requests = 20;
            for (int i = 0; i < requests; i++) {
                slow.send(fetch("orders", 0, 1, 100), 11);
            }
            for (int i = 0; i < requests; i++) {
                FetchResponse fetched = slow.receive(ApiKey.FETCH, 11, 10 + i);
                assertThat(fetched.responses()
                                .get(0)
                                .partitions()
                                .get(0)
                                .records()
                                .sizeInBytes())
                        .isGreaterThan(9_000_000);
            }
        }
    }

    private static Broker brokerWith(Function<InterceptedRequest, Verdict> onProduce) {
        return Broker.builder()
                .topic("orders", 1)
                .interceptor(new RequestInterceptor() {
                    @Override
                    public Verdict onRequest(InterceptedRequest request) {
                        return request.api() == ApiKey.PRODUCE ? onProduce.apply(request) : Verdict.proceed();
                    }
                })
                .start();
    }

    private static FetchRequest fetch(String topic, long offset, int minBytes, int maxWaitMs) {
        return new FetchRequest()
                .setReplicaId(-1)
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(minBytes)
                .setMaxBytes(50 << 20)
                .setSessionId(0)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(50 << 20)))));
    }
}
