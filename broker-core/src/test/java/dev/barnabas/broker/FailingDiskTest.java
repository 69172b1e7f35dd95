package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.broker.internal.net.RawClient;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.ListOffsetsRequest;
import dev.barnabas.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.barnabas.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.barnabas.protocol.message.ListOffsetsResponse;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataResponse;
import dev.barnabas.protocol.message.OffsetCommitRequest;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.barnabas.protocol.message.OffsetCommitResponse;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.protocol.record.Records;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fills up or fails, as clients see it; and the next start on the same directory, once the disk is well. */
@Timeout(60)
class FailingDiskTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final short ACKS_ALL = -1;
    private static final int LATEST_PRODUCE = 12;

    private final FailingDisk disk = new FailingDisk();

    @TempDir
    private Path directory;

    private Broker start(Topic... topics) {
        BrokerBuilder builder = Broker.builder()
                .dataDir(directory)
                .property("offsets.topic.num.partitions", "1")
                .disk(disk::over);
        for (Topic topic : topics) {
            builder.topic(topic);
        }
        return builder.start();
    }

    private static Topic orders() {
        return new Topic("orders", 1).config("internal.segment.bytes", "2000");
    }

    // ---- what is asked

    private static ErrorCode produce(RawClient client, int version, String value) throws IOException {
        return produce(client, version, "orders", value);
    }

    private static ErrorCode produce(RawClient client, int version, String topic, String value) throws IOException {
        try (var builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            builder.append(System.currentTimeMillis(), (byte[]) null, value.getBytes(StandardCharsets.UTF_8));
            ByteBuf batch = builder.build();
            ProduceResponse response = client.call(
                    new ProduceRequest()
                            .setAcks(ACKS_ALL)
                            .setTimeoutMs(20_000)
                            .setTopicData(List.of(new TopicProduceData()
                                    .setName(topic)
                                    .setPartitionData(List.of(new PartitionProduceData()
                                            .setIndex(0)
                                            .setRecords(new ByteBufRecords(batch)))))),
                    version);
            batch.release();
            return ErrorCode.forCode(
                    response.responses().get(0).partitionResponses().get(0).errorCode());
        }
    }

    /** Produces until that fails; returns the number of records that were acknowledged. */
    private static int produceUntilItFails(RawClient client) throws IOException {
        int acknowledged = 0;
        ErrorCode error = ErrorCode.NONE;
        while (error == ErrorCode.NONE) {
            error = produce(client, LATEST_PRODUCE, "value-" + acknowledged);
            acknowledged += error == ErrorCode.NONE ? 1 : 0;
            assertThat(acknowledged).isLessThan(1_000);
        }
        assertThat(error).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        return acknowledged;
    }

    private static FetchRequest fetchRequest(long offset, int maxWaitMs) {
        return new FetchRequest()
                .setReplicaId(-1)
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(1_000_000)
                .setMaxBytes(1_000_000)
                .setTopics(List.of(new FetchTopic()
                        .setTopic("orders")
                        .setPartitions(List.of(new FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(1_000_000)))));
    }

    private static ErrorCode fetch(RawClient client, int version) throws IOException {
        return errorOf(client.call(fetchRequest(0, 0), version));
    }

    private static ErrorCode errorOf(FetchResponse response) {
        var partition = response.responses().get(0).partitions().get(0);
        Records records = partition.records();
        assertThat(records == null ? 0 : records.sizeInBytes()).isZero();
        return ErrorCode.forCode(partition.errorCode());
    }

    private static ErrorCode listOffset(RawClient client) throws IOException {
        ListOffsetsResponse response = client.call(
                new ListOffsetsRequest()
                        .setReplicaId(-1)
                        .setTopics(List.of(new ListOffsetsTopic()
                                .setName("orders")
                                .setPartitions(List.of(new ListOffsetsPartition()
                                        .setPartitionIndex(0)
                                        .setTimestamp(-1))))),
                5);
        return ErrorCode.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    private static ErrorCode commitOffset(RawClient client) throws IOException {
        OffsetCommitResponse response = client.call(
                new OffsetCommitRequest()
                        .setGroupId("readers")
                        .setGenerationIdOrMemberEpoch(-1)
                        .setTopics(List.of(new OffsetCommitRequestTopic()
                                .setName("orders")
                                .setPartitions(List.of(new OffsetCommitRequestPartition()
                                        .setPartitionIndex(0)
                                        .setCommittedOffset(1))))),
                7);
        return ErrorCode.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    /** The records' values, from the first to the last. */
    private static List<String> readAll(Broker broker) {
        List<String> values = new ArrayList<>();
        try (var consumer =
                new KafkaConsumer<>(broker.clientConfig(), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(ORDERS));
            consumer.seekToBeginning(List.of(ORDERS));
            long end = consumer.endOffsets(List.of(ORDERS)).get(ORDERS);
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (consumer.position(ORDERS) < end && System.nanoTime() < deadlineNanos) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    private void assertNextStartHas(int acknowledged, int attempted) throws IOException {
        disk.fillUpAfter(Long.MAX_VALUE);
        try (Broker broker = Broker.builder().dataDir(directory).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            List<String> values = readAll(broker);
            assertThat(values).hasSizeBetween(acknowledged, attempted);
            for (int i = 0; i < values.size(); i++) {
                assertThat(values.get(i)).isEqualTo("value-" + i);
            }
            assertThat(produce(client, LATEST_PRODUCE, "more")).isEqualTo(ErrorCode.NONE);
        }
    }

    // ---- what is answered

    @ParameterizedTest
    @ValueSource(longs = {0, 60, 777, 5_000})
    void whatWasAcknowledgedBeforeTheDiskWasFullIsThereAfterTheNextStart(long bytes) throws Exception {
        int acknowledged;
        try (Broker broker = start(orders());
                RawClient client = new RawClient(broker.bootstrapServers())) {
            disk.fillUpAfter(bytes);
            acknowledged = produceUntilItFails(client);
            assertThat(broker.status()).isEqualTo(BrokerStatus.STORAGE_OFFLINE);
        }
        assertThat(Files.exists(directory.resolve(".kafka_cleanshutdown"))).isFalse();
        assertNextStartHas(acknowledged, acknowledged);
    }

    @Test
    void producersAndConsumersAreToldAsTheirVersionsHaveIt() throws Exception {
        try (Broker broker = start(orders());
                RawClient client = new RawClient(broker.bootstrapServers())) {
            produce(client, LATEST_PRODUCE, "value-0");
            disk.fillUpAfter(0);
            for (int version = 3; version <= LATEST_PRODUCE; version++) {
                assertThat(produce(client, version, "x")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            }
            for (int version = 4; version <= 12; version++) {
                assertThat(fetch(client, version))
                        .as("Fetch %d", version)
                        .isEqualTo(version <= 5 ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.KAFKA_STORAGE_ERROR);
            }
            assertThat(listOffset(client)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    @Test
    void fetchesThatWaitAreToldAtOnce() throws Exception {
        try (Broker broker = start(orders(), new Topic("others", 1));
                RawClient client = new RawClient(broker.bootstrapServers());
                RawClient waiting = new RawClient(broker.bootstrapServers())) {
            produce(client, LATEST_PRODUCE, "value-0");
            int id = waiting.send(fetchRequest(1, 3_600_000), 12);
            disk.fillUpAfter(0);
            assertThat(produce(client, LATEST_PRODUCE, "others", "x")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            FetchResponse response = waiting.receive(ApiKey.FETCH, 12, id);
            assertThat(errorOf(response)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    @Test
    void groupsOfADirectoryThatIsGoneHaveNoCoordinator() throws Exception {
        try (Broker broker = start(orders());
                RawClient client = new RawClient(broker.bootstrapServers());
                Admin admin = Admin.create(broker.clientConfig())) {
            admin.alterConsumerGroupOffsets(
                            "readers", Map.of(ORDERS, new org.apache.kafka.clients.consumer.OffsetAndMetadata(0)))
                    .all()
                    .get();
            disk.fillUpAfter(0);
            assertThat(commitOffset(client)).isEqualTo(ErrorCode.NOT_COORDINATOR);
            assertThat(commitOffset(client)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        }
    }

    @Test
    void theBrokerItselfGoesOnAndSaysWhatIsWrong() throws Exception {
        try (Broker broker = start(orders());
                Broker other = Broker.builder().topic("orders", 1).start();
                RawClient client = new RawClient(broker.bootstrapServers());
                RawClient otherClient = new RawClient(other.bootstrapServers());
                Admin admin = Admin.create(broker.clientConfig())) {
            disk.fillUpAfter(0);
            produceUntilItFails(client);

            MetadataResponse metadata = client.call(new MetadataRequest().setTopics(null), 9);
            assertThat(metadata.topics()).hasSize(1);
            var logDirs =
                    admin.describeLogDirs(List.of(0)).allDescriptions().get().get(0);
            assertThat(logDirs).hasSize(1);
            assertThat(logDirs.get(directory.toString()).error()).isInstanceOf(KafkaStorageException.class);
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("new", 1, (short) 1)))
                            .all()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(KafkaStorageException.class);
            assertThat(produce(otherClient, LATEST_PRODUCE, "x")).isEqualTo(ErrorCode.NONE);
            assertThat(other.status()).isEqualTo(BrokerStatus.RUNNING);
        }
    }

    @Test
    void whatCannotBeFlushedIsNotAcknowledgedIfTheTopicFlushesFirst() throws Exception {
        int acknowledged = 0;
        try (Broker broker = start(orders().config("flush.messages", "1"));
                RawClient client = new RawClient(broker.bootstrapServers())) {
            while (acknowledged < 10) {
                assertThat(produce(client, LATEST_PRODUCE, "value-" + acknowledged))
                        .isEqualTo(ErrorCode.NONE);
                acknowledged++;
            }
            disk.failForces();
            assertThat(produce(client, LATEST_PRODUCE, "value-" + acknowledged))
                    .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            assertThat(broker.status()).isEqualTo(BrokerStatus.STORAGE_OFFLINE);
        }
        assertNextStartHas(acknowledged, acknowledged + 1);
    }

    @Test
    void aDiskThatCannotBeReadGoesOffline() throws Exception {
        try (Broker broker = start(orders());
                RawClient client = new RawClient(broker.bootstrapServers())) {
            for (int i = 0; i < 100; i++) {
                produce(client, LATEST_PRODUCE, "value-" + i);
            }
            disk.failReads();
            assertThat(fetch(client, 12)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            assertThat(produce(client, LATEST_PRODUCE, "x")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            assertThat(broker.status()).isEqualTo(BrokerStatus.STORAGE_OFFLINE);
        }
        assertNextStartHas(100, 100);
    }

    @Test
    void aStartOnAFullDiskSaysSoAndLeavesTheDirectoryFree() throws Exception {
        disk.fillUpAfter(0);
        assertThatThrownBy(this::start)
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("No space left on device");
        disk.fillUpAfter(Long.MAX_VALUE);
        try (Broker broker = start(orders());
                RawClient client = new RawClient(broker.bootstrapServers())) {
            assertThat(produce(client, LATEST_PRODUCE, "value-0")).isEqualTo(ErrorCode.NONE);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {150, 400, 700, 1_000, 1_500})
    void aStartThatTheDiskCutsShortCanBeRepeated(long bytes) throws Exception {
        disk.fillUpAfter(bytes);
        try {
            start(orders()).close();
        } catch (BrokerException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
        disk.fillUpAfter(Long.MAX_VALUE);
        try (Broker broker = start(orders());
                RawClient client = new RawClient(broker.bootstrapServers())) {
            assertThat(produce(client, LATEST_PRODUCE, "value-0")).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void oneBrokerAtATimeUsesADirectory() {
        try (Broker broker = start(orders())) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(BrokerException.class)
                    .hasMessage("directory: " + directory + " is in use by another broker of this process");
            assertThat(broker.status()).isEqualTo(BrokerStatus.RUNNING);
        }
        start().close();
    }
}
