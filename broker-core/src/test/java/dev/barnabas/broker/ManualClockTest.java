package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.internal.net.RawClient;
import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.broker.spi.Verdict;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.ApiVersionsResponse;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for a time waits for the clock that the builder was given. */
@Timeout(60)
class ManualClockTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final ApiVersionsRequest API_VERSIONS =
            new ApiVersionsRequest().setClientSoftwareName("raw").setClientSoftwareVersion("1.0");

    private final ManualClock clock = new ManualClock(Instant.now());

    private BrokerBuilder builder() {
        return Broker.builder().clock(clock).topic("orders", 1);
    }

    @Test
    void aMemberIsDroppedWhenItsSessionIsOverByTheClock() throws Exception {
        try (Broker broker = builder().start();
                Admin admin = Admin.create(broker.clientConfig());
                var consumer = new KafkaConsumer<>(
                        with(
                                broker,
                                Map.of(
                                        "group.id", "billing",
                                        "enable.auto.commit", "false",
                                        "session.timeout.ms", "300000",
                                        "heartbeat.interval.ms", "90000")),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            await().until(() -> {
                consumer.poll(Duration.ofMillis(50));
                return !consumer.assignment().isEmpty();
            });
            await().until(() -> billing(admin).groupState() == GroupState.STABLE);
            clock.advance(Duration.ofMinutes(4));
            await().until(() -> billing(admin).groupState() == GroupState.STABLE);
            assertThat(billing(admin).members()).hasSize(1);
            clock.advance(Duration.ofMinutes(2));
            await().until(() -> billing(admin).groupState() == GroupState.EMPTY);
            assertThat(billing(admin).members()).isEmpty();
        }
    }

    private static ConsumerGroupDescription billing(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of("billing")).all().get().get("billing");
    }

    @Test
    void aFetchWithoutRecordsIsAnsweredWhenItsWaitIsOverByTheClock() throws Exception {
        try (Broker broker = builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            Instant before = Instant.ofEpochMilli(clock.wallMs());
            int fetch = client.send(waiting(Duration.ofDays(10)), 11);
            await().until(() -> {
                clock.advance(Duration.ofDays(5));
                return client.socket().getInputStream().available() > 0;
            });
            client.receive(ApiKey.FETCH, 11, fetch);
            assertThat(Instant.ofEpochMilli(clock.wallMs())).isAfterOrEqualTo(before.plus(Duration.ofDays(10)));
        }
    }

    private static FetchRequest waiting(Duration wait) {
        return new FetchRequest()
                .setReplicaId(-1)
                .setMaxWaitMs((int) wait.toMillis())
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchTopic()
                        .setTopic("orders")
                        .setPartitions(List.of(new FetchPartition().setPartitionMaxBytes(1 << 20)))));
    }

    @Test
    void recordsAreGoneWhenTheyHaveExpiredByTheClock() throws Exception {
        try (Broker broker = builder().start();
                Admin admin = Admin.create(broker.clientConfig())) {
            try (var producer =
                    new KafkaProducer<>(with(broker, Map.of()), new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>("orders", "k", "v")).get();
            }
            assertThat(start(admin)).isZero();
            clock.advance(Duration.ofDays(8));
            await().until(() -> start(admin) == 1);
        }
    }

    private static long start(Admin admin) throws Exception {
        return admin.listOffsets(Map.of(ORDERS, OffsetSpec.earliest()))
                .partitionResult(ORDERS)
                .get()
                .offset();
    }

    @Test
    void anIdleConnectionIsClosedWhenItsTimeIsOverByTheClockAndABusyOneIsNot() throws Exception {
        try (Broker broker = builder().start();
                RawClient idle = new RawClient(broker.bootstrapServers());
                RawClient busy = new RawClient(broker.bootstrapServers())) {
            idle.call(API_VERSIONS, 3);
            clock.advance(Duration.ofMinutes(6));
            busy.call(API_VERSIONS, 3);
            clock.advance(Duration.ofMinutes(6));
            assertThat(idle.isClosedByBroker()).isTrue();
            busy.call(API_VERSIONS, 3);
        }
    }

    @Test
    void aDelayedRequestIsServedWhenTheDelayIsOverByTheClock() throws Exception {
        BlockingQueue<InterceptedRequest> seen = new LinkedBlockingQueue<>();
        RequestInterceptor slow = new RequestInterceptor() {
            @Override
            public Verdict onRequest(InterceptedRequest request) {
                seen.add(request);
                return Verdict.delay(Duration.ofHours(1));
            }
        };
        try (Broker broker = builder().interceptor(slow).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            int id = client.send(API_VERSIONS, 3);
            seen.take();
            await().until(() -> {
                clock.advance(Duration.ofMinutes(20));
                return client.socket().getInputStream().available() > 0;
            });
            ApiVersionsResponse answer = client.receive(ApiKey.API_VERSIONS, 3, id);
            assertThat(answer.errorCode()).isZero();
        }
    }

    @Test
    void aBrokerThatIsClosedLeavesTheClockAlone() {
        builder().start().close();
        clock.advance(Duration.ofDays(1));
        builder().start().close();
    }

    @Test
    void theClockShowsWhatItWasMovedBy() {
        ManualClock own = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        long nanos = own.nanos();
        own.advance(Duration.ofMillis(1500));
        assertThat(own.wallMs())
                .isEqualTo(Instant.parse("2026-01-01T00:00:01.500Z").toEpochMilli());
        assertThat(own.nanos() - nanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1500));
        assertThatThrownBy(() -> own.advance(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not negative");
    }

    private static Map<String, Object> with(Broker broker, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(broker.clientConfig());
        config.putAll(more);
        return config;
    }
}
