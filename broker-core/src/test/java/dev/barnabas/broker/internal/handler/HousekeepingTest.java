package dev.barnabas.broker.internal.handler;

import static dev.barnabas.broker.internal.handler.DataPath.at;
import static dev.barnabas.broker.internal.handler.DataPath.dataOf;
import static dev.barnabas.broker.internal.handler.DataPath.fetch;
import static dev.barnabas.broker.internal.handler.DataPath.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.DescribeLogDirsRequest;
import dev.barnabas.protocol.message.DescribeLogDirsResponse;
import dev.barnabas.protocol.message.InitProducerIdRequest;
import dev.barnabas.protocol.message.InitProducerIdResponse;
import dev.barnabas.storage.file.MemoryFileSystem;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HousekeepingTest {

    private final MemoryFileSystem files = new MemoryFileSystem("memory");
    private final DataPath path = new DataPath(files, "log.retention.check.interval.ms", "60000");

    @AfterEach
    void close() {
        path.close();
    }

    private String half() {
        return "x".repeat(600_000);
    }

    @Test
    void oldSegmentsGoAndReadersWhoWaitThereAreTold() {
        path.createTopic("orders", 1, "segment.bytes", "1048576", "retention.ms", "100000");
        for (int i = 0; i < 3; i++) {
            path.produce("orders", 0, path.batch(half()));
        }
        var waiting = path.send(fetch(10_000_000, Integer.MAX_VALUE, topic("orders", at(0, 0))), 12);
        assertThat(waiting.isAnswered()).isFalse();

        path.timers.advance(180_000);
        path.disk();

        assertThat(path.partition("orders", 0).log().logStartOffset()).isEqualTo(3);
        assertThat(dataOf(waiting).get(0).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void segmentsGoAsLongAsTheRestIsLargerThanRetentionBytes() {
        path.createTopic("orders", 1, "segment.bytes", "1048576", "retention.bytes", "1300000");
        for (int i = 0; i < 5; i++) {
            path.produce("orders", 0, path.batch(half()));
        }
        path.timers.advance(60_000);
        assertThat(path.partition("orders", 0).log().logStartOffset()).isEqualTo(2);
    }

    @Test
    void filesOfADeletedTopicGoAfterTheirDelay() {
        path.createTopic("orders", 1);
        path.produce("orders", 0, path.batch("a"));
        path.deleteTopic("orders");
        assertThat(directories("orders")).isOne();
        path.timers.advance(61_000);
        path.disk();
        assertThat(directories("orders")).isZero();
    }

    private long directories(String topic) {
        try {
            return files.directories("").stream()
                    .filter(name -> name.startsWith(topic))
                    .count();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void idleProducersAreForgotten() {
        path.createTopic("orders", 1);
        path.produce("orders", 0, path.batch(builder -> builder.producer(5, (short) 0, 0), "a"));
        assertThat(path.partition("orders", 0).log().activeProducers()).hasSize(1);
        path.timers.advance(86_400_000 + 1_200_000);
        path.disk();
        assertThat(path.partition("orders", 0).log().activeProducers()).isEmpty();
    }

    @Test
    void everyProducerGetsAnIdOfItsOwnAcrossBlocksAndRestarts() {
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 2500; i++) {
            if (i == 1700) {
                path.restart();
            }
            var answer = path.send(new InitProducerIdRequest().setTransactionalId(null), 4);
            path.disk();
            var response = answer.response(InitProducerIdResponse.class);
            assertThat(response.errorCode()).isZero();
            assertThat(response.producerEpoch()).isZero();
            ids.add(response.producerId());
        }
        assertThat(ids).hasSize(2500);
    }

    @Test
    void transactionalIdsAreRefusedForGood() {
        var answer = path.send(new InitProducerIdRequest().setTransactionalId("t"), 4)
                .response(InitProducerIdResponse.class);
        assertThat(ErrorCode.forCode(answer.errorCode())).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
    }

    @Test
    void logDirsTellTheSizeOfEveryPartition() {
        path.createTopic("orders", 2);
        path.produce("orders", 1, path.batch("a"));
        var result = path.send(new DescribeLogDirsRequest().setTopics(null), 4)
                .response(DescribeLogDirsResponse.class)
                .results()
                .get(0);
        assertThat(result.topics()).hasSize(1);
        assertThat(result.topics().get(0).partitions())
                .extracting(partition -> partition.partitionSize() > 0)
                .containsExactlyInAnyOrder(false, true);
    }
}
