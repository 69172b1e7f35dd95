package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.net.RawClient;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.DescribeConfigsRequest;
import dev.barnabas.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.ListOffsetsRequest;
import dev.barnabas.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.barnabas.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataRequest.MetadataRequestTopic;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker in a JVM with 256 MB of heap, and peers that mean no good. */
@Timeout(90)
class HostilePeersTest {

    private static final int HUNDRED_MB = 100 * 1000 * 1000;

    /** Of consumers whose records are converted, each in memory of its own. */
    private static final int OLD_FETCH_VERSION = 3;

    private Process process;
    private String bootstrapServers;

    /** The broker's JVM: ends with its standard input. */
    public static final class Child {
        public static void main(String[] args) throws IOException {
            try (Broker broker =
                    Broker.builder().topic("orders", 1).topic("wide", 3000).start()) {
                System.out.println("READY " + broker.bootstrapServers());
                while (System.in.read() >= 0) {}
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx256m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("READY ")) {
            line = out.readLine();
        }
        assertThat(line).isNotNull();
        bootstrapServers = line.substring("READY ".length());
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void fiftyPeersThatAnnounceAHundredMegabytesEachDoNotStopTheOthers() throws Exception {
        List<Socket> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                Socket peer = connect();
                peers.add(peer);
                peer.getOutputStream()
                        .write(ByteBuffer.allocate(4).putInt(HUNDRED_MB).array());
            }
            peers.forEach(HostilePeersTest::trickle);
            for (int i = 0; i < 20; i++) {
                produce(1_000);
                produce(900_000);
                assertThat(process.isAlive()).isTrue();
            }
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
        }
        produce(900_000);
    }

    @Test
    void twoHundredPeersThatAnnounceAMegabyteEachAreMadeToYield() throws Exception {
        List<Socket> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket peer = connect();
                peers.add(peer);
                peer.getOutputStream()
                        .write(ByteBuffer.allocate(8).putInt(1_000_000).array());
            }
            produce(900_000);
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aThousandReadersThatDoNotReadDoNotStopTheOthers() throws Exception {
        for (int i = 0; i < 20; i++) {
            produce(900_000);
        }
        List<RawClient> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                RawClient reader = new RawClient(bootstrapServers, 4096);
                readers.add(reader);
                for (int j = 0; j < 3; j++) {
                    switch (i % 3) {
                        case 0 -> reader.send(fetchAll(100), 11);
                        case 1 -> reader.send(fetchAll(100), OLD_FETCH_VERSION);
                        default -> reader.send(new MetadataRequest().setTopics(null), 9);
                    }
                }
            }
            for (int i = 0; i < 10; i++) {
                produce(1_000);
                try (RawClient client = new RawClient(bootstrapServers)) {
                    client.call(new ApiVersionsRequest(), 0);
                }
                assertThat(process.isAlive()).isTrue();
            }
        } finally {
            for (RawClient reader : readers) {
                reader.close();
            }
        }
        produce(1_000);
    }

    @Test
    void aThousandOldConsumersThatWaitForOneAppendAreAnsweredOrClosed() throws Exception {
        List<RawClient> consumers = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                RawClient consumer = new RawClient(bootstrapServers, 4096);
                consumers.add(consumer);
                consumer.send(fetchAll(60_000), OLD_FETCH_VERSION);
            }
            produce(900_000);
            for (RawClient consumer : consumers) {
                assertThat(isAnsweredOrClosed(consumer)).isTrue();
            }
        } finally {
            for (RawClient consumer : consumers) {
                consumer.close();
            }
        }
        produce(1_000);
    }

    @Test
    void requestsThatNameTensOfThousandsOfThingsDoNotStopTheOthers() throws Exception {
        for (int names : new int[] {60_000, 900_000}) {
            List<RawClient> peers = new ArrayList<>();
            try {
                for (int i = 0; i < 8; i++) {
                    RawClient peer = new RawClient(bootstrapServers);
                    peers.add(peer);
                    send(
                            peer,
                            switch (i % 3) {
                                case 0 -> metadataOf(names);
                                case 1 -> offsetsOf(names);
                                default -> configsOf(names);
                            });
                }
                produce(1_000);
                for (RawClient peer : peers) {
                    assertThat(isAnsweredOrClosed(peer)).isTrue();
                }
            } finally {
                for (RawClient peer : peers) {
                    peer.close();
                }
            }
            produce(1_000);
        }
    }

    @Test
    void membersThatSayNearlyAMegabyteEachAreRefusedAndOtherGroupsGoOn() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            commit(admin, "before");
        }
        List<RawClient> peers = new ArrayList<>();
        try {
            int refused = 0;
            for (int i = 0; i < 300; i++) {
                RawClient peer = new RawClient(bootstrapServers);
                peers.add(peer);
                JoinGroupResponse joined = peer.call(join("group-" + i, 900_000), 3);
                if (joined.errorCode() != 0) {
                    assertThat(joined.errorCode()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED.code());
                    refused++;
                }
            }
            assertThat(refused).isBetween(250, 290);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
                    RawClient member = new RawClient(bootstrapServers)) {
                commit(admin, "before");
                commit(admin, "after");
                JoinGroupResponse joined = member.call(join("small", 100), 3);
                assertThat(joined.errorCode()).isZero();
            }
        } finally {
            for (RawClient peer : peers) {
                peer.close();
            }
        }
    }

    private static void commit(Admin admin, String group) throws Exception {
        admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(7)))
                .all()
                .get();
    }

    private static JoinGroupRequest join(String group, int metadataBytes) {
        return new JoinGroupRequest()
                .setGroupId(group)
                .setSessionTimeoutMs(60_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocolType("own")
                .setProtocols(
                        List.of(new JoinGroupRequestProtocol().setName("any").setMetadata(new byte[metadataBytes])));
    }

    /** A peer whose request is refused may find its connection closed before all of it is sent. */
    private static void send(RawClient peer, ApiMessage request) {
        try {
            peer.send(request, 4);
        } catch (IOException closedByBroker) {
            assertThat(closedByBroker).isInstanceOf(SocketException.class);
        }
    }

    private static boolean isAnsweredOrClosed(RawClient peer) throws IOException {
        try {
            return peer.receiveFrame().length > 0;
        } catch (EOFException | SocketException closedByBroker) {
            return peer.isClosedByBroker();
        }
    }

    private static MetadataRequest metadataOf(int topics) {
        MetadataRequest request = new MetadataRequest().setAllowAutoTopicCreation(true);
        for (int i = 0; i < topics; i++) {
            request.topics().add(new MetadataRequestTopic().setName("t" + i));
        }
        return request;
    }

    /** Hundreds of configs for each resource named. */
    private static DescribeConfigsRequest configsOf(int resources) {
        DescribeConfigsResource broker =
                new DescribeConfigsResource().setResourceType((byte) 4).setResourceName("0");
        return new DescribeConfigsRequest().setResources(Collections.nCopies(resources, broker));
    }

    private static ListOffsetsRequest offsetsOf(int partitions) {
        ListOffsetsTopic topic = new ListOffsetsTopic().setName("orders");
        for (int i = 0; i < partitions; i++) {
            topic.partitions().add(new ListOffsetsPartition().setPartitionIndex(i));
        }
        return new ListOffsetsRequest().setReplicaId(-1).setTopics(List.of(topic));
    }

    /** Every peer trickles, each from a thread of its own, since a peer that is not read blocks. */
    private static void trickle(Socket peer) {
        Thread thread = new Thread(() -> {
            byte[] some = new byte[16 * 1024];
            try {
                while (true) {
                    peer.getOutputStream().write(some);
                }
            } catch (IOException closed) {
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private Socket connect() throws IOException {
        int colon = bootstrapServers.lastIndexOf(':');
        return new Socket(
                bootstrapServers.substring(0, colon), Integer.parseInt(bootstrapServers.substring(colon + 1)));
    }

    private void produce(int bytes) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "delivery.timeout.ms",
                        30_000,
                        "request.timeout.ms",
                        20_000,
                        "linger.ms",
                        0,
                        "max.block.ms",
                        30_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("orders", new byte[bytes])).get();
        }
    }

    private static FetchRequest fetchAll(int maxWaitMs) {
        return new FetchRequest()
                .setReplicaId(-1)
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(1)
                .setMaxBytes(50 << 20)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchTopic()
                        .setTopic("orders")
                        .setPartitions(List.of(new FetchPartition().setPartitionMaxBytes(50 << 20)))));
    }
}
