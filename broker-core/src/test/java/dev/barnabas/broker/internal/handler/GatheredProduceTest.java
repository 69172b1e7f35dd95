package dev.barnabas.broker.internal.handler;

import static dev.barnabas.broker.internal.handler.DataPath.answerOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.broker.FailingDisk;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.storage.AppendFailedException;
import dev.barnabas.storage.file.MemoryFileSystem;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Produce requests that an I/O loop reads in one wake-up. */
class GatheredProduceTest {

    private final FailingDisk disk = new FailingDisk();
    private final DataPath path = new DataPath(disk.over(new MemoryFileSystem("memory")));

    @AfterEach
    void close() {
        path.close();
    }

    private static ErrorCode error(TestRequest request) {
        return ErrorCode.forCode(answerOf(request).errorCode());
    }

    private ByteBuf sequenced(int sequence, String value) {
        return path.batch(builder -> builder.producer(7, (short) 0, sequence), value);
    }

    private List<TestRequest> inOneWakeUp(ByteBuf... batches) {
        var sent = new ArrayList<TestRequest>();
        path.lanes.wakeUp(() -> {
            for (ByteBuf batch : batches) {
                sent.add(path.produceLater(-1, "orders", 0, batch));
            }
            assertThat(sent).noneMatch(TestRequest::isAnswered);
        });
        return sent;
    }

    @Test
    void requestsOfOneWakeUpShareOneWriteForEachPartition() {
        path.createTopic("orders", 2);
        var sent = new ArrayList<TestRequest>();
        path.lanes.wakeUp(() -> {
            for (int i = 0; i < 4; i++) {
                var data = new TopicProduceData().setName("orders");
                for (int partition = 0; partition < 2; partition++) {
                    data.partitionData()
                            .add(new PartitionProduceData()
                                    .setIndex(partition)
                                    .setRecords(new ByteBufRecords(path.batch("v" + i, "w" + i))));
                }
                sent.add(path.send(
                        new ProduceRequest()
                                .setAcks((short) -1)
                                .setTimeoutMs(1000)
                                .setTopicData(List.of(data)),
                        12));
            }
        });
        assertThat(disk.writes("orders-0/")).isEqualTo(1);
        assertThat(disk.writes("orders-1/")).isEqualTo(1);
        for (int i = 0; i < 4; i++) {
            assertThat(sent.get(i)
                            .response(ProduceResponse.class)
                            .responses()
                            .get(0)
                            .partitionResponses())
                    .extracting(PartitionProduceResponse::baseOffset)
                    .containsExactly(2L * i, 2L * i);
        }
        path.lanes.wakeUp(() -> path.produceLater(-1, "orders", 0, path.batch("next")));
        assertThat(disk.writes("orders-0/")).isEqualTo(2);
    }

    @Test
    void eachGetsItsOwnAnswer() {
        path.createTopic("orders", 1);
        var sent = inOneWakeUp(
                sequenced(0, "a"), sequenced(2, "gap"), path.batch("plain"), sequenced(0, "a"), sequenced(1, "b"));
        assertThat(sent)
                .extracting(GatheredProduceTest::error)
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                        ErrorCode.NONE,
                        ErrorCode.NONE,
                        ErrorCode.NONE);
        assertThat(sent).extracting(request -> answerOf(request).baseOffset()).containsExactly(0L, -1L, 1L, 0L, 2L);
        assertThat(disk.writes("orders-0/")).isEqualTo(1);
        assertThat(path.partition("orders", 0).log().highWatermark()).isEqualTo(3);
    }

    @Test
    void allWaitForOneFlushIfNothingMayBeLost() {
        path.createTopic("orders", 1, "flush.messages", "1");
        var sent = inOneWakeUp(path.batch("a"), path.batch("b"), path.batch("c"));
        assertThat(sent).noneMatch(TestRequest::isAnswered);
        assertThat(path.partition("orders", 0).log().highWatermark()).isZero();
        assertThat(path.disk()).isEqualTo(1);
        assertThat(sent).extracting(GatheredProduceTest::error).containsOnly(ErrorCode.NONE);
        assertThat(path.disk()).isZero();
        assertThat(path.partition("orders", 0).log().recoveryPoint()).isEqualTo(3);
    }

    @Test
    void aFullDiskFailsThoseThatItDidNotTake() {
        path.createTopic("orders", 1, "internal.segment.bytes", "200");
        disk.fillUpAfter(400);
        var sent = inOneWakeUp(
                path.batch("a"), path.batch("b"), path.batch("c"), path.batch("d"), path.batch("e"), path.batch("f"));
        long written = path.partition("orders", 0).log().logEndOffset();
        assertThat(written).isBetween(1L, 5L);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(error(sent.get(i))).isEqualTo(i < written ? ErrorCode.NONE : ErrorCode.KAFKA_STORAGE_ERROR);
        }
        assertThat(path.partition("orders", 0).isOffline()).isTrue();
    }

    @Test
    void aWriteThatThrowsFailsThoseThatItWasToWriteAndIsReported() {
        path.createTopic("orders", 1, "internal.segment.bytes", "200");
        var noMemory = new OutOfMemoryError("for a buffer");
        var sent = new ArrayList<TestRequest>();
        assertThatThrownBy(() -> path.lanes.wakeUp(() -> {
                    sent.add(path.produceLater(-1, "orders", 0, sequenced(0, "a")));
                    disk.throwFromWrite("orders-0/", noMemory);
                    sent.add(path.produceLater(-1, "orders", 0, sequenced(1, "b")));
                    sent.add(path.produceLater(-1, "orders", 0, sequenced(1, "b")));
                }))
                .isInstanceOf(AppendFailedException.class)
                .hasCause(noMemory);
        assertThat(sent).extracting(GatheredProduceTest::error).containsOnly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(path.partition("orders", 0).isOffline()).isFalse();
        var repeated = inOneWakeUp(sequenced(0, "a"), sequenced(1, "b"), sequenced(1, "b"));
        assertThat(repeated)
                .extracting(request -> answerOf(request).baseOffset())
                .containsExactly(0L, 1L, 1L);
    }

    @Test
    void metadataThatCannotBeWrittenForWantOfMemoryCanBeWrittenLater() {
        disk.throwFromWrite("__cluster_metadata-0/", new OutOfMemoryError("for a buffer"));
        assertThatThrownBy(() -> path.createTopic("orders", 1)).isInstanceOf(AppendFailedException.class);
        path.createTopic("orders", 1);
        assertThat(error(path.produceLater(-1, "orders", 0, path.batch("a")))).isEqualTo(ErrorCode.NONE);
        path.restart();
        assertThat(error(path.produceLater(-1, "orders", 0, path.batch("b")))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aTopicThatIsDeletedMeanwhileTakesNothing() {
        path.createTopic("orders", 1);
        var sent = new ArrayList<TestRequest>();
        path.lanes.wakeUp(() -> {
            sent.add(path.produceLater(-1, "orders", 0, path.batch("a")));
            path.deleteTopic("orders");
        });
        assertThat(sent).extracting(GatheredProduceTest::error).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(disk.writes("orders-0/")).isZero();
    }
}
