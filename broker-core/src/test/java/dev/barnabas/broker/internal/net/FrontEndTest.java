package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.BrokerBuilder;
import dev.barnabas.broker.Listener;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.ApiVersionsResponse;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataResponse;
import dev.barnabas.protocol.message.ProduceResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The front end by raw sockets. */
@Timeout(60)
class FrontEndTest {

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
            int fetch = client.send(Records.fetch("orders", 0, 1, 300), 11);
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
            int fetch = client.send(Records.fetch("orders", 0, 1, 300), 11);
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
                sender.send(Records.fetch("orders", 0, 1, 300), 11);
                for (int i = 0; i < 20; i++) {
                    sender.send(Records.produce("orders", 0, (short) 0, new byte[10]), 9);
                }
            }
            await().untilAsserted(() -> {
                FetchResponse fetched = reader.call(Records.fetch("orders", 0, 1, 0), 11);
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
            FetchResponse fetched = client.call(Records.fetch("orders", 0, 1, 100), 11);
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
}
