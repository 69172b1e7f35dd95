package dev.barnabas.broker.internal.handler;

import static dev.barnabas.broker.internal.handler.DataPath.at;
import static dev.barnabas.broker.internal.handler.DataPath.dataOf;
import static dev.barnabas.broker.internal.handler.DataPath.fetch;
import static dev.barnabas.broker.internal.handler.DataPath.offsetsIn;
import static dev.barnabas.broker.internal.handler.DataPath.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.DeleteRecordsRequest;
import dev.barnabas.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import dev.barnabas.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.ForgottenTopic;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.ControlRecord;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.AppendOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchHandlerTest {

    private final DataPath path = new DataPath("max.incremental.fetch.session.cache.slots", "3");

    @BeforeEach
    void createTopic() {
        path.createTopic("orders", 3);
    }

    @AfterEach
    void close() {
        path.close();
    }

    private static ErrorCode error(PartitionData data) {
        return ErrorCode.forCode(data.errorCode());
    }

    private PartitionData fetchOne(int version, long offset) {
        return dataOf(path.send(fetch(0, 0, topic("orders", at(0, offset))), version))
                .get(0);
    }

    private int batchBytes() {
        return path.batch("a").readableBytes();
    }

    @Nested
    class Reading {

        @Test
        void wholeBatchesAreReturnedFromTheOneThatHoldsTheOffset() {
            path.produce("orders", 0, path.batch("a", "b", "c"));
            path.produce("orders", 0, path.batch("d"));
            var data = fetchOne(12, 1);
            assertThat(offsetsIn(data)).containsExactly(0L, 3L);
            assertThat(data.highWatermark()).isEqualTo(4);
            assertThat(data.lastStableOffset()).isEqualTo(4);
        }

        @Test
        void anOffsetOutsideTheLogIsOutOfRangeAndTheEndIsNot() {
            path.produce("orders", 0, path.batch("a"));
            assertThat(error(fetchOne(12, 2))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
            assertThat(error(fetchOne(12, -1))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
            assertThat(error(fetchOne(12, 1))).isEqualTo(ErrorCode.NONE);
        }

        @Test
        void theFirstBatchComesWholeAndThenTheLimitsBindInOrder() {
            for (int i = 0; i < 3; i++) {
                path.produce("orders", i, path.batch("a"));
                path.produce("orders", i, path.batch("b"));
            }
            int batch = batchBytes();
            var request = fetch(0, 0, topic("orders", at(0, 0), at(1, 0), at(2, 0)));
            var tiny = dataOf(path.send(request.setMaxBytes(1), 12));
            assertThat(tiny).extracting(DataPath::offsetsIn).containsExactly(List.of(0L), List.of(), List.of());
            var three = dataOf(path.send(request.setMaxBytes(3 * batch), 12));
            assertThat(three).extracting(DataPath::offsetsIn).containsExactly(List.of(0L, 1L), List.of(0L), List.of());
        }

        @Test
        void aPartitionThatCannotBeReadForWantOfMemoryIsAnsweredWithAnError() {
            for (int i = 0; i < 1000; i++) {
                path.produce("orders", 0, path.batch("a"));
            }
            path.logBuffers.exhaust(true);
            var data = fetchOne(12, 0);
            path.logBuffers.exhaust(false);
            assertThat(error(data)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
            assertThat(offsetsIn(fetchOne(12, 0))).hasSize(1000);
        }

        @Test
        void thePartitionsOwnLimitBindsToo() {
            path.produce("orders", 0, path.batch("a"));
            path.produce("orders", 0, path.batch("b"));
            var request = fetch(0, 0, topic("orders", at(0, 0).setPartitionMaxBytes(batchBytes() + 5)));
            assertThat(offsetsIn(dataOf(path.send(request, 12)).get(0))).containsExactly(0L);
        }

        @Test
        void whatDoesNotExistIsNamed() {
            var byName = fetch(0, 0, topic("orders", at(7, 0)), topic("nowhere", at(0, 0)));
            assertThat(dataOf(path.send(byName, 12)))
                    .extracting(FetchHandlerTest::error)
                    .containsOnly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            var byId = fetch(0, 0, topic("", at(0, 0)).setTopicId(new Uuid(1, 1)));
            assertThat(error(dataOf(path.send(byId, 13)).get(0))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        }

        @Test
        void topicsAreReadByIdFromVersion13On() {
            path.produce("orders", 0, path.batch("a"));
            var request = fetch(0, 0, topic("", at(0, 0)).setTopicId(path.topicId("orders")));
            assertThat(offsetsIn(dataOf(path.send(request, 18)).get(0))).containsExactly(0L);
        }

        @Test
        void leaderEpochsAreFenced() {
            path.produce("orders", 0, path.batch("a"));
            int epoch = path.partition("orders", 0).leaderEpoch();
            assertThat(error(dataOf(path.send(
                                    fetch(0, 0, topic("orders", at(0, 0).setCurrentLeaderEpoch(epoch + 1))), 12))
                            .get(0)))
                    .isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
            assertThat(error(dataOf(path.send(fetch(0, 0, topic("orders", at(0, 0).setCurrentLeaderEpoch(epoch))), 12))
                            .get(0)))
                    .isEqualTo(ErrorCode.NONE);
        }

        @Test
        void aConsumerWhoseEpochTheLogDoesNotKnowIsOutOfRange() {
            path.produce("orders", 0, path.batch("a"));
            var data = dataOf(path.send(fetch(0, 0, topic("orders", at(0, 1).setLastFetchedEpoch(9))), 12))
                    .get(0);
            assertThat(error(data)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        }

        @Test
        void aReplicaThatIsNoneIsRefused() {
            path.produce("orders", 0, path.batch("a"));
            var request = fetch(0, 0, topic("orders", at(0, 0))).setReplicaId(7);
            assertThat(error(dataOf(path.send(request, 12)).get(0))).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }

        @Test
        void committedReadersStopAtTheOpenTransactionAndLearnWhatWasAborted() {
            append(path.batch(b -> b.producer(5, (short) 0, 0).transactional(true), "a"));
            path.produce("orders", 0, path.batch("b"));
            var request = fetch(0, 0, topic("orders", at(0, 0))).setIsolationLevel((byte) 1);
            var before = dataOf(path.send(request, 12)).get(0);
            assertThat(offsetsIn(before)).isEmpty();
            assertThat(before.lastStableOffset()).isZero();
            assertThat(before.highWatermark()).isEqualTo(2);
            assertThat(offsetsIn(fetchOne(12, 0))).containsExactly(0L, 1L);

            append(DataPath.onHeap(ControlRecord.transactionMarker(
                    UnpooledByteBufAllocator.DEFAULT, ControlRecord.Type.ABORT, path.clock.wallMs(), 5, (short) 0, 0)));

            var after = dataOf(path.send(request, 12)).get(0);
            assertThat(offsetsIn(after)).containsExactly(0L, 1L, 2L);
            assertThat(after.abortedTransactions()).hasSize(1);
            assertThat(after.abortedTransactions().get(0).producerId()).isEqualTo(5);
            assertThat(after.abortedTransactions().get(0).firstOffset()).isZero();
        }

        private void append(ByteBuf batch) {
            var partition = path.partition("orders", 0);
            partition
                    .lane()
                    .execute(() -> partition.append(batch, AppendOrigin.COORDINATOR, -1, 1000, (done, error) -> {
                        assertThat(error).isNull();
                    }));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3})
        void oldConsumersGetOldMessageFormats(int version) {
            path.produce("orders", 0, path.batch("a", "b"));
            path.produce("orders", 0, path.batch(Compression.GZIP, "c"));
            var data = fetchOne(version, 1);
            ByteBuf bytes = ((ByteBufRecords) data.records()).buffer();
            assertThat(RecordBatch.magic(bytes, 0)).isEqualTo((byte) (version < 2 ? 0 : 1));
            assertThat(RecordBatch.baseOffset(bytes, 0)).isEqualTo(1);
        }

        @Test
        void whatIsConvertedIsChargedUntilItIsReleased() {
            path.produce("orders", 0, path.batch("a".repeat(1000)));
            fetchOne(4, 0);
            assertThat(path.conversions.bytesEver()).isZero();
            fetchOne(3, 0);
            assertThat(path.conversions.bytesEver()).isBetween(1000, 5000);
            assertThat(path.conversions.bytes()).isZero();
        }

        @Test
        void zstdIsNotForConsumersOfOldMessageFormats() {
            path.produce("orders", 0, path.batch(Compression.ZSTD, "a"));
            assertThat(error(fetchOne(3, 0))).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
            assertThat(error(fetchOne(4, 0))).isEqualTo(ErrorCode.NONE);
        }

        @Test
        void aPartitionNamedTwiceIsReadWhereItWasNamedLast() {
            path.produce("orders", 0, path.batch("a"));
            path.produce("orders", 0, path.batch("b"));
            var data = dataOf(path.send(fetch(0, 0, topic("orders", at(0, 0), at(0, 1))), 12));
            assertThat(data).hasSize(1);
            assertThat(offsetsIn(data.get(0))).containsExactly(1L);
        }
    }

    @Nested
    class Waiting {

        @Test
        void aFetchWithoutDataWaitsForTheNextAppend() {
            var waiting = path.send(fetch(500, 1, topic("orders", at(0, 0), at(1, 0))), 12);
            assertThat(waiting.isAnswered()).isFalse();
            path.produce("orders", 2, path.batch("elsewhere"));
            assertThat(waiting.isAnswered()).isFalse();
            path.produce("orders", 1, path.batch("a"));
            assertThat(dataOf(waiting)).extracting(DataPath::offsetsIn).containsExactly(List.of(), List.of(0L));
        }

        @Test
        void whenTheTimeIsUpItIsAnsweredWithWhatThereIs() {
            path.produce("orders", 0, path.batch("a"));
            var waiting = path.send(fetch(500, 1_000_000, topic("orders", at(0, 0), at(1, 0))), 12);
            path.timers.advance(499);
            assertThat(waiting.isAnswered()).isFalse();
            path.timers.advance(1);
            assertThat(dataOf(waiting)).extracting(DataPath::offsetsIn).containsExactly(List.of(0L), List.of());
        }

        @Test
        void minBytesAreCountedOverAllPartitions() {
            int batch = batchBytes();
            var waiting = path.send(fetch(500, 3 * batch, topic("orders", at(0, 0), at(1, 0))), 12);
            path.produce("orders", 0, path.batch("a"));
            path.produce("orders", 1, path.batch("b"));
            assertThat(waiting.isAnswered()).isFalse();
            path.produce("orders", 0, path.batch("c"));
            assertThat(dataOf(waiting)).extracting(DataPath::offsetsIn).containsExactly(List.of(0L, 1L), List.of(0L));
        }

        @Test
        void anErrorDoesNotWait() {
            var request = fetch(500, 1, topic("orders", at(0, 0)), topic("nowhere", at(0, 0)));
            assertThat(path.send(request, 12).isAnswered()).isTrue();
        }

        @Test
        void aClientThatGoesIsForgotten() {
            path.produce("orders", 0, path.batch("a"));
            int before = path.timers.pending();
            var waiting = path.send(fetch(500, 1_000_000, topic("orders", at(0, 0))), 12);
            waiting.disconnect();
            assertThat(path.timers.pending()).isEqualTo(before);
            path.produce("orders", 0, path.batch("b"));
            assertThat(waiting.isSilent()).isTrue();
        }

        @Test
        void aTopicDeletedMeanwhileEndsTheWait() {
            var waiting = path.send(fetch(500, 1, topic("orders", at(0, 0))), 12);
            path.deleteTopic("orders");
            assertThat(error(dataOf(waiting).get(0))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }

        @Test
        void aLogThatNoLongerHasTheOffsetEndsTheWait() {
            path.produce("orders", 0, path.batch("a"));
            path.produce("orders", 0, path.batch("b"));
            var waiting = path.send(fetch(500, 1_000_000, topic("orders", at(0, 0))), 12);
            path.send(
                    new DeleteRecordsRequest()
                            .setTopics(List.of(new DeleteRecordsTopic()
                                    .setName("orders")
                                    .setPartitions(List.of(new DeleteRecordsPartition()
                                            .setPartitionIndex(0)
                                            .setOffset(-1))))),
                    2);
            assertThat(error(dataOf(waiting).get(0))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        }

        @Test
        void oldConsumersGetNoRecordsWhileThoseOfOthersFillTheMemory() {
            var first = path.send(fetch(500, 1, topic("orders", at(0, 0))), 3);
            var second = path.send(fetch(500, 1, topic("orders", at(0, 0))), 3);
            var modern = path.send(fetch(500, 1, topic("orders", at(0, 0))), 4);
            first.keepSlices();
            path.conversions.bound(0);
            path.produce("orders", 0, path.batch("a"));
            assertThat(dataOf(first)).extracting(DataPath::offsetsIn).containsExactly(List.of(0L));
            assertThat(path.conversions.bytes()).isPositive();
            var data = dataOf(second).get(0);
            assertThat(offsetsIn(data)).isEmpty();
            assertThat(error(data)).isEqualTo(ErrorCode.NONE);
            assertThat(data.highWatermark()).isEqualTo(1);
            assertThat(dataOf(modern)).extracting(DataPath::offsetsIn).containsExactly(List.of(0L));

            first.releaseSlices();
            assertThat(path.conversions.bytes()).isZero();
            assertThat(offsetsIn(fetchOne(3, 0))).containsExactly(0L);
        }

        @Test
        void aFetchThatCannotBeAnsweredEndsWithItsConnectionAndTheOthersAreAnswered() {
            int before = path.timers.pending();
            var old = path.send(fetch(500, 1, topic("orders", at(0, 0))), 3);
            var other = path.send(fetch(500, 1, topic("orders", at(0, 0))), 12);
            path.buffers.exhaust(true);
            assertThat(path.produce("orders", 0, path.batch("a")).baseOffset()).isZero();
            path.buffers.exhaust(false);
            assertThat(old.reasonToClose()).isEqualTo("no response to Fetch");
            assertThat(dataOf(other)).extracting(DataPath::offsetsIn).containsExactly(List.of(0L));
            assertThat(path.timers.pending()).isEqualTo(before);
        }

        @Test
        void aWatcherThatFailsIsReportedAfterTheOthersWereTold() {
            var bug = new AssertionError("of the test");
            var partition = path.partition("orders", 0);
            partition
                    .lane()
                    .execute(() -> partition.watch(() -> {
                        throw bug;
                    }));
            var waiting = path.send(fetch(500, 1, topic("orders", at(0, 0))), 12);
            assertThatThrownBy(() -> path.produce("orders", 0, path.batch("a"))).isSameAs(bug);
            assertThat(dataOf(waiting)).extracting(DataPath::offsetsIn).containsExactly(List.of(0L));
            assertThat(partition.watchers()).isZero();
        }

        @Test
        void manyThatWaitedAndLeftLeaveNothingBehind() {
            for (int i = 0; i < 1000; i++) {
                path.send(fetch(10, 1, topic("orders", at(0, 0))), 12);
                path.timers.advance(10);
            }
            assertThat(path.partition("orders", 0).watchers()).isLessThan(20);
        }
    }

    @Nested
    class Sessions {

        private FetchRequest next(int sessionId, int epoch) {
            return fetch(0, 0).setSessionId(sessionId).setSessionEpoch(epoch);
        }

        private int open() {
            var request =
                    fetch(0, 0, topic("orders", at(0, 0), at(1, 0), at(2, 0))).setSessionEpoch(0);
            return path.send(request, 12).response(FetchResponse.class).sessionId();
        }

        private ErrorCode topLevel(TestRequest fetch) {
            return ErrorCode.forCode(fetch.response(FetchResponse.class).errorCode());
        }

        @Test
        void onlyWhatIsNewIsTold() {
            int id = open();
            assertThat(id).isPositive();
            assertThat(dataOf(path.send(next(id, 1), 12))).isEmpty();
            path.produce("orders", 1, path.batch("a"));
            var data = dataOf(path.send(next(id, 2), 12));
            assertThat(data).hasSize(1);
            assertThat(data.get(0).partitionIndex()).isEqualTo(1);
            var on = next(id, 3).setTopics(List.of(topic("orders", at(1, 1))));
            assertThat(dataOf(path.send(on, 12))).isEmpty();
        }

        @Test
        void aWaitEndsForAPartitionThatTheRequestDidNotName() {
            int id = open();
            var waiting = path.send(next(id, 1).setMaxWaitMs(500).setMinBytes(1), 12);
            assertThat(waiting.isAnswered()).isFalse();
            path.produce("orders", 2, path.batch("a"));
            assertThat(dataOf(waiting))
                    .extracting(PartitionData::partitionIndex)
                    .containsExactly(2);
        }

        @Test
        void partitionsThatHadDataTakeTheirTurnAfterTheOthers() {
            int id = open();
            for (int i = 0; i < 3; i++) {
                path.produce("orders", i, path.batch("a"));
            }
            for (int epoch = 1; epoch <= 4; epoch++) {
                var data = dataOf(path.send(next(id, epoch).setMaxBytes(1), 12)).stream()
                        .filter(each -> !offsetsIn(each).isEmpty())
                        .toList();
                assertThat(data).extracting(PartitionData::partitionIndex).containsExactly((epoch - 1) % 3);
            }
        }

        @Test
        void forgottenPartitionsAreReadNoMore() {
            int id = open();
            path.produce("orders", 0, path.batch("a"));
            var forget = next(id, 1)
                    .setForgottenTopicsData(
                            List.of(new ForgottenTopic().setTopic("orders").setPartitions(List.of(0))));
            assertThat(dataOf(path.send(forget, 12))).isEmpty();
        }

        @Test
        void anErrorIsToldAgainUntilItIsGone() {
            var request = fetch(0, 0, topic("later", at(0, 0))).setSessionEpoch(0);
            int id = path.send(request, 12).response(FetchResponse.class).sessionId();
            assertThat(dataOf(path.send(next(id, 1), 12))).hasSize(1);
            path.createTopic("later", 1);
            assertThat(error(dataOf(path.send(next(id, 2), 12)).get(0))).isEqualTo(ErrorCode.NONE);
            assertThat(dataOf(path.send(next(id, 3), 12))).isEmpty();
        }

        @Test
        void epochsAndIdsAreChecked() {
            int id = open();
            assertThat(topLevel(path.send(next(id, 5), 12))).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
            assertThat(topLevel(path.send(next(id + 1, 1), 12))).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
            assertThat(topLevel(path.send(next(id, 1), 13))).isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
            assertThat(topLevel(path.send(next(id, 1), 12))).isEqualTo(ErrorCode.NONE);
        }

        @Test
        void theFinalEpochClosesTheSession() {
            int id = open();
            assertThat(path.send(next(id, -1), 12).response(FetchResponse.class).sessionId())
                    .isZero();
            assertThat(topLevel(path.send(next(id, 1), 12))).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        }

        @Test
        void whenAllSlotsAreTakenOnlyAnIdleOrSmallerSessionMakesRoom() {
            int first = open();
            int second = open();
            int third = open();
            assertThat(open()).as("no room").isZero();

            path.clock.advance(60_000);
            path.send(next(second, 1), 12);
            path.send(next(third, 1), 12);
            path.clock.advance(60_001);
            int fourth = open();
            assertThat(fourth).as("the idle one made room").isPositive();
            assertThat(topLevel(path.send(next(first, 1), 12))).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
            assertThat(topLevel(path.send(next(second, 2), 12))).isEqualTo(ErrorCode.NONE);

            path.createTopic("wide", 9);
            var wide = topic("wide");
            wide.setPartitions(java.util.stream.IntStream.range(0, 9)
                    .mapToObj(i -> at(i, 0))
                    .toList());
            int fifth = path.send(fetch(0, 0, wide).setSessionEpoch(0), 12)
                    .response(FetchResponse.class)
                    .sessionId();
            assertThat(fifth).as("a smaller one of age made room").isPositive();
        }
    }
}
