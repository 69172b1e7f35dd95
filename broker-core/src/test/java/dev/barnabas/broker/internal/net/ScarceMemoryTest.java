package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.BrokerBuilder;
import dev.barnabas.broker.Limits;
import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.broker.spi.Verdict;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FindCoordinatorRequest;
import dev.barnabas.protocol.message.HeartbeatRequest;
import dev.barnabas.protocol.message.HeartbeatResponse;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataResponse;
import dev.barnabas.protocol.message.SyncGroupRequest;
import dev.barnabas.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.barnabas.protocol.message.SyncGroupResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait for memory, by raw sockets: whom they keep from what, and for how long. */
@Timeout(60)
class ScarceMemoryTest {

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
            FetchRequest many = Records.fetch("orders", 0, 1, Integer.MAX_VALUE);
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
            waiting.send(Records.fetch("orders", 0, 1, Integer.MAX_VALUE), 11);
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
            int fetch = deaf.send(Records.fetch("orders", 0, 1, 0), 11);
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
    void aSlowReaderGetsEverythingInTheEnd() throws IOException {
        try (Broker broker = Broker.builder().topic("orders", 1).start();
                RawClient slow = new RawClient(broker.bootstrapServers(), 4096)) {
            byte[] value = new byte[900_000];
            for (int i = 0; i < 10; i++) {
                slow.call(Records.produce("orders", 0, (short) 1, value), 9);
            }
            int requests = 20;
            for (int i = 0; i < requests; i++) {
                slow.send(Records.fetch("orders", 0, 1, 100), 11);
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
}
