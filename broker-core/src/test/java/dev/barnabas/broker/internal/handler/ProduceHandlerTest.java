package dev.barnabas.broker.internal.handler;

import static dev.barnabas.broker.internal.handler.DataPath.answerOf;
import static dev.barnabas.broker.internal.handler.DataPath.at;
import static dev.barnabas.broker.internal.handler.DataPath.dataOf;
import static dev.barnabas.broker.internal.handler.DataPath.fetch;
import static dev.barnabas.broker.internal.handler.DataPath.offsetsIn;
import static dev.barnabas.broker.internal.handler.DataPath.produce;
import static dev.barnabas.broker.internal.handler.DataPath.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordCursor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProduceHandlerTest {

    private final DataPath path = new DataPath();

    @BeforeEach
    void createTopic() {
        path.createTopic("orders", 3);
    }

    @AfterEach
    void close() {
        path.close();
    }

    private static ErrorCode error(PartitionProduceResponse answer) {
        return ErrorCode.forCode(answer.errorCode());
    }

    private ByteBuf sequenced(long producerId, int epoch, int sequence, String... values) {
        return path.batch(builder -> builder.producer(producerId, (short) epoch, sequence), values);
    }

    @Test
    void batchesGetTheNextOffsets() {
        assertThat(path.produce("orders", 0, path.batch("a", "b")).baseOffset()).isZero();
        var second = path.produce("orders", 0, path.batch("c"));
        assertThat(second.baseOffset()).isEqualTo(2);
        assertThat(second.logAppendTimeMs()).isEqualTo(-1);
        assertThat(second.logStartOffset()).isZero();
    }

    @Test
    void oneRequestWritesToManyPartitionsAndIsAnsweredOnce() {
        var request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000);
        var data = new TopicProduceData().setName("orders");
        for (int i = 0; i < 4; i++) {
            data.partitionData()
                    .add(new PartitionProduceData().setIndex(i).setRecords(new ByteBufRecords(path.batch("v" + i))));
        }
        request.topicData().add(data);
        var answers = path.send(request, 9)
                .response(ProduceResponse.class)
                .responses()
                .get(0)
                .partitionResponses();
        assertThat(answers)
                .extracting(ProduceHandlerTest::error)
                .containsExactly(ErrorCode.NONE, ErrorCode.NONE, ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void theLastBatchForAPartitionCountsHoweverOftenItIsNamed() {
        var request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData()
                .addAll(List.of(
                        named(
                                "orders",
                                data(0, path.batch("a")),
                                data(99, path.batch("b")),
                                data(0, path.batch("c", "c"))),
                        named("nowhere", data(0, path.batch("d"))),
                        named("orders"),
                        named(
                                "orders",
                                data(1, path.batch("e")),
                                data(0, path.batch("f", "f", "f")),
                                data(99, path.batch("g"))),
                        named("nowhere", data(0, path.batch("h")))));
        var topics = path.send(request, 9).response(ProduceResponse.class).responses();
        assertThat(topics)
                .extracting(ProduceResponse.TopicProduceResponse::name)
                .containsExactly("orders", "nowhere");
        assertThat(topics.get(0).partitionResponses())
                .extracting(PartitionProduceResponse::index, ProduceHandlerTest::error)
                .containsExactly(
                        tuple(0, ErrorCode.NONE),
                        tuple(99, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
                        tuple(1, ErrorCode.NONE));
        assertThat(topics.get(1).partitionResponses())
                .extracting(ProduceHandlerTest::error)
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(recordsIn("orders", 0)).isEqualTo(3);
        assertThat(recordsIn("orders", 1)).isEqualTo(1);
    }

    @Test
    void topicsNamedByIdAreToldApartByIt() {
        path.createTopic("bills", 1);
        var request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData()
                .addAll(List.of(
                        named("", data(0, path.batch("a"))).setTopicId(path.topicId("orders")),
                        named("", data(0, path.batch("b", "b"))).setTopicId(path.topicId("bills")),
                        named("", data(0, path.batch("c", "c", "c"))).setTopicId(path.topicId("orders"))));
        var topics = path.send(request, 13).response(ProduceResponse.class).responses();
        assertThat(topics)
                .extracting(ProduceResponse.TopicProduceResponse::topicId)
                .containsExactly(path.topicId("orders"), path.topicId("bills"));
        assertThat(recordsIn("orders", 0)).isEqualTo(3);
        assertThat(recordsIn("bills", 0)).isEqualTo(2);
    }

    @Test
    void whatIsNoBatchIsToldOfBesideABatchThatIsAppended() {
        var request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData().add(named("orders", data(0, path.batch("a")), data(0, Unpooled.EMPTY_BUFFER)));
        var slots = path.send(request, 9)
                .response(ProduceResponse.class)
                .responses()
                .get(0)
                .partitionResponses();
        assertThat(slots).extracting(ProduceHandlerTest::error).containsExactly(ErrorCode.INVALID_RECORD);
        assertThat(recordsIn("orders", 0)).isEqualTo(1);
    }

    private long recordsIn(String topic, int partition) {
        return path.partition(topic, partition).log().logEndOffset();
    }

    private static TopicProduceData named(String topic, PartitionProduceData... partitions) {
        return new TopicProduceData().setName(topic).setPartitionData(List.of(partitions));
    }

    private static PartitionProduceData data(int index, ByteBuf batch) {
        return new PartitionProduceData().setIndex(index).setRecords(new ByteBufRecords(batch));
    }

    @Test
    void acksZeroIsNotAnsweredAndAnErrorClosesTheConnection() {
        assertThat(path.produceLater(0, "orders", 0, path.batch("a")).isSilent())
                .isTrue();
        assertThat(path.produceLater(0, "nowhere", 0, path.batch("a")).reasonToClose())
                .contains("UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(path.partition("orders", 0).log().logEndOffset()).isEqualTo(1);
    }

    @Test
    void acksThatKafkaDoesNotKnowAreRefused() {
        assertThat(error(answerOf(path.produceLater(2, "orders", 0, path.batch("a")))))
                .isEqualTo(ErrorCode.INVALID_REQUIRED_ACKS);
    }

    @Test
    void topicsAreNamedByIdFromVersion13On() {
        var request = produce(-1, "", 0, path.batch("a"));
        request.topicData().get(0).setTopicId(path.topicId("orders"));
        assertThat(error(answerOf(path.send(request, 13)))).isEqualTo(ErrorCode.NONE);
        var unknown = produce(-1, "", 0, path.batch("a"));
        unknown.topicData().get(0).setTopicId(new Uuid(1, 2));
        assertThat(error(answerOf(path.send(unknown, 13)))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void aBatchWithAWrongChecksumIsCorruptAndNothingIsWritten() {
        ByteBuf batch = path.batch("abc");
        batch.setByte(batch.writerIndex() - 2, 'X');
        var answer = path.produce("orders", 0, batch);
        assertThat(error(answer)).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(answer.baseOffset()).isEqualTo(-1);
        assertThat(path.partition("orders", 0).log().logEndOffset()).isZero();
    }

    @Test
    void bytesThatBeginNoBatchMakeTheWholeRequestFail() {
        ByteBuf batch = path.batch("abc");
        batch.setByte(RecordBatch.MAGIC_OFFSET, 7);
        var answer = path.produce("orders", 0, batch);
        assertThat(error(answer)).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(answer.errorMessage()).contains("magic: 7");
    }

    @Test
    void everyPartitionTakesOneBatchFromVersion3On() {
        ByteBuf two = Unpooled.wrappedBuffer(path.batch("a"), path.batch("b"));
        assertThat(error(path.produce("orders", 0, two.copy()))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(error(path.produce("orders", 0, Unpooled.EMPTY_BUFFER))).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void zstdNeedsVersion7() {
        var request = produce(-1, "orders", 0, path.batch(Compression.ZSTD, "a"));
        assertThat(error(answerOf(path.send(request, 6)))).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(error(answerOf(path.send(produce(-1, "orders", 0, path.batch(Compression.ZSTD, "a")), 7))))
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void recordsThatBreakTheTopicsRulesAreNamed() {
        var batch = path.batch(
                builder -> builder.append(path.clock.wallMs() + 7_200_000, (byte[]) null, new byte[1]), "ok");
        var answer = path.produce("orders", 0, batch);
        assertThat(error(answer)).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(answer.recordErrors()).hasSize(1);
        assertThat(answer.recordErrors().get(0).batchIndex()).isZero();
        assertThat(answer.errorMessage()).isNotEmpty();
        assertThat(answer.logStartOffset()).isZero();
    }

    @Test
    void aRetriedBatchIsAnsweredWithItsFirstOffsetsEvenAfterARestart() {
        assertThat(path.produce("orders", 0, sequenced(5, 0, 0, "a", "b")).baseOffset())
                .isZero();
        assertThat(path.produce("orders", 0, sequenced(5, 0, 2, "c")).baseOffset())
                .isEqualTo(2);
        assertThat(path.produce("orders", 0, sequenced(5, 0, 0, "a", "b")).baseOffset())
                .isZero();

        path.restart();

        assertThat(path.produce("orders", 0, sequenced(5, 0, 2, "c")).baseOffset())
                .isEqualTo(2);
        assertThat(path.produce("orders", 0, sequenced(5, 0, 3, "d")).baseOffset())
                .isEqualTo(3);
        assertThat(path.partition("orders", 0).log().logEndOffset()).isEqualTo(4);
    }

    @Test
    void gapsAndOldEpochsOfAProducerAreRefused() {
        path.produce("orders", 0, sequenced(5, 1, 0, "a"));
        assertThat(error(path.produce("orders", 0, sequenced(5, 1, 2, "c"))))
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(error(path.produce("orders", 0, sequenced(5, 0, 0, "a"))))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(error(path.produce("orders", 0, sequenced(5, 2, 0, "x")))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void transactionalBatchesAreRefused() {
        var request = produce(
                -1, "orders", 0, path.batch(b -> b.producer(5, (short) 0, 0).transactional(true), "a"));
        assertThat(error(answerOf(path.send(request, 9)))).isEqualTo(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(error(answerOf(path.send(request.setTransactionalId("t"), 9))))
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(path.partition("orders", 0).log().logEndOffset()).isZero();
    }

    @Test
    void internalTopicsAreWrittenByTheAdminClientOnly() {
        path.createTopic("__consumer_offsets", 1, "cleanup.policy", "compact");
        var request = produce(-1, "__consumer_offsets", 0, path.batch("a"));
        assertThat(error(answerOf(path.send(request, 9, "app")))).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(error(answerOf(path.send(request, 9, "__admin_client")))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aTopicsCompressionAndTimestampsAreAppliedOnTheWayIn() {
        path.createTopic("stamped", 1, "compression.type", "gzip", "message.timestamp.type", "LogAppendTime");
        long nowMs = path.clock.wallMs();
        var answer = path.produce("stamped", 0, path.batch("a", "b"));
        assertThat(answer.logAppendTimeMs()).isEqualTo(nowMs);
        var data =
                dataOf(path.send(fetch(0, 0, topic("stamped", at(0, 0))), 12)).get(0);
        var batch = new RecordBatch().wrap(((ByteBufRecords) data.records()).buffer(), 0);
        assertThat(batch.compression()).isEqualTo(Compression.GZIP);
        assertThat(batch.maxTimestamp()).isEqualTo(nowMs);
    }

    @Test
    void aTopicThatWantsMoreReplicasThanItHasIsServedAsKafkaDoes() {
        path.createTopic("wary", 1, "min.insync.replicas", "2");
        assertThat(error(path.produce("wary", 0, path.batch("a")))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void withFlushMessagesOneNothingIsAcknowledgedOrReadBeforeTheDiskHasIt() {
        path.createTopic("safe", 1, "flush.messages", "1");
        var first = path.produceLater(1, "safe", 0, path.batch("a"));
        var second = path.produceLater(-1, "safe", 0, path.batch("b"));
        var third = path.produceLater(-1, "safe", 0, path.batch("c"));
        assertThat(List.of(first, second, third)).noneMatch(TestRequest::isAnswered);
        assertThat(offsetsIn(dataOf(path.send(fetch(0, 0, topic("safe", at(0, 0))), 12))
                        .get(0)))
                .isEmpty();

        assertThat(path.disk())
                .as("one flush for the first, one for both others")
                .isEqualTo(2);

        assertThat(answerOf(first).baseOffset()).isZero();
        assertThat(answerOf(second).baseOffset()).isEqualTo(1);
        assertThat(answerOf(third).baseOffset()).isEqualTo(2);
        assertThat(path.partition("safe", 0).log().recoveryPoint()).isEqualTo(3);
        assertThat(offsetsIn(dataOf(path.send(fetch(0, 0, topic("safe", at(0, 0))), 12))
                        .get(0)))
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void anAppendThatTheDiskKeepsWaitingTimesOut() {
        path.createTopic("safe", 1, "flush.messages", "1");
        var append = path.produceLater(-1, "safe", 0, path.batch("a"));
        path.timers.advance(999);
        assertThat(append.isAnswered()).isFalse();
        path.timers.advance(2);
        assertThat(error(answerOf(append))).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        path.disk();
        assertThat(path.partition("safe", 0).log().highWatermark()).isEqualTo(1);
    }

    @Test
    void flushMsForcesToDiskWithoutKeepingTheProducerWaiting() {
        path.createTopic("timed", 1, "flush.ms", "500");
        assertThat(error(path.produce("timed", 0, path.batch("a")))).isEqualTo(ErrorCode.NONE);
        assertThat(path.partition("timed", 0).log().recoveryPoint()).isZero();
        path.timers.advance(500);
        path.disk();
        assertThat(path.partition("timed", 0).log().recoveryPoint()).isEqualTo(1);
    }

    @Test
    void aCompletedSegmentIsFlushedInTheBackgroundSoThatRecoveryIsShort() {
        path.createTopic("rolling", 1, "segment.bytes", "1048576");
        String half = "x".repeat(600_000);
        path.produce("rolling", 0, path.batch(half));
        assertThat(path.disk()).isZero();
        assertThat(error(path.produce("rolling", 0, path.batch(half)))).isEqualTo(ErrorCode.NONE);
        assertThat(path.disk()).isEqualTo(1);
        assertThat(path.partition("rolling", 0).log().recoveryPoint()).isEqualTo(2);
    }

    @Test
    void anAppendThatWaitsIsToldWhenItsTopicIsDeleted() {
        path.createTopic("safe", 1, "flush.messages", "1");
        var append = path.produceLater(-1, "safe", 0, path.batch("a"));
        path.deleteTopic("safe");
        assertThat(error(answerOf(append))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(path.produce("safe", 0, path.batch("a")))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aTopicMayBeCreatedAgainAtOnceAndBeginsEmpty() {
        path.produce("orders", 0, path.batch("a", "b"));
        path.deleteTopic("orders");
        path.createTopic("orders", 1);
        assertThat(path.produce("orders", 0, path.batch("c")).baseOffset()).isZero();
    }

    @Test
    void aChangedConfigurationCountsForTheNextAppend() {
        path.createTopic("small", 1, "max.message.bytes", "100");
        assertThat(error(path.produce("small", 0, path.batch("x".repeat(200))))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        path.setTopicConfig("small", "max.message.bytes", "1000");
        assertThat(error(path.produce("small", 0, path.batch("x".repeat(200))))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aCompressedBatchIsTakenInIfItCanBeCompactedLaterAndRefusedIfItCannot() {
        createTable();
        int eighth = (int) (RecordCursor.DECOMPRESSED_BYTES_MAX / 8);
        assertThat(error(path.produce("table", 0, zeroes(8, eighth)))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(error(path.produce("table", 0, zeroes(7, eighth)))).isEqualTo(ErrorCode.NONE);
        String half = "x".repeat(600_000);
        for (int i = 0; i < 3; i++) {
            path.produce("table", 0, path.batch(half));
            path.disk();
        }
        long before = path.partition("table", 0).log().sizeInBytes();
        path.timers.advance(15_000);
        path.disk();
        assertThat(path.partition("table", 0).log().sizeInBytes()).isLessThan(before - 500_000);
    }

    private ByteBuf zeroes(int records, int bytes) {
        return path.batch(builder -> {
            builder.compression(Compression.ZSTD);
            for (int i = 0; i < records; i++) {
                builder.append(path.clock.wallMs(), new byte[] {'k'}, new byte[bytes]);
            }
        });
    }

    private void createTable() {
        path.createTopic(
                "table",
                1,
                "cleanup.policy",
                "compact",
                "segment.bytes",
                "1048576",
                "min.cleanable.dirty.ratio",
                "0.01");
    }

    @Test
    void compactedTopicsKeepTheNewestRecordOfEachKey() {
        createTable();
        String half = "x".repeat(600_000);
        for (int i = 0; i < 4; i++) {
            path.produce("table", 0, path.batch(half));
            path.disk();
        }
        long before = path.partition("table", 0).log().sizeInBytes();
        path.timers.advance(15_000);
        path.disk();
        assertThat(path.partition("table", 0).log().sizeInBytes()).isLessThan(before - 1_100_000);
        assertThat(path.partition("table", 0).log().logEndOffset()).isEqualTo(4);
    }
}
