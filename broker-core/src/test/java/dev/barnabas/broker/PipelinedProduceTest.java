package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.net.RawClient;
import dev.barnabas.broker.spi.BrokerListener;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Produce requests that come in one packet, and so in one wake-up of the loop that reads them. */
@Timeout(60)
class PipelinedProduceTest {

    private static final int VERSION = 9;
    private static final int REQUESTS = 6;

    /** Comes out of order, and is refused. */
    private static final int GAP = 3;

    private final FailingDisk disk = new FailingDisk();

    @TempDir
    private Path directory;

    private static byte[] request(int id) {
        int sequence = id == GAP ? 77 : id < GAP ? id : id - 1;
        var data = new TopicProduceData().setName("orders");
        try (var builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT).producer(7, (short) 0, sequence)) {
            builder.append(System.currentTimeMillis(), (byte[]) null, ("v" + id).getBytes(StandardCharsets.UTF_8));
            ByteBuf batch = builder.build();
            for (int partition = 0; partition < 2; partition++) {
                data.partitionData()
                        .add(new PartitionProduceData().setIndex(partition).setRecords(new ByteBufRecords(batch)));
            }
            byte[] encoded = RawClient.encode(
                    new ProduceRequest()
                            .setAcks((short) -1)
                            .setTimeoutMs(20_000)
                            .setTopicData(List.of(data)),
                    VERSION,
                    id);
            batch.release();
            return encoded;
        }
    }

    @Test
    void shareTheirWritesAndAreAnsweredInOrderEachForItself() throws IOException {
        try (Broker broker = Broker.builder()
                        .dataDir(directory)
                        .disk(disk::over)
                        .topic(new Topic("orders", 2))
                        .start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            var packet = new ByteArrayOutputStream();
            for (int id = 0; id < REQUESTS; id++) {
                packet.writeBytes(request(id));
            }
            client.send(packet.toByteArray());
            for (int id = 0; id < REQUESTS; id++) {
                var answers = receive(client, id);
                assertAnswered(answers.get(0), id);
                assertAnswered(answers.get(1), id);
            }
            assertThat(disk.writes("orders-0/")).isEqualTo(1);
            assertThat(disk.writes("orders-1/")).isEqualTo(1);
        }
    }

    private static List<PartitionProduceResponse> receive(RawClient client, int id) throws IOException {
        ProduceResponse response = client.receive(ApiKey.PRODUCE, VERSION, id);
        return response.responses().get(0).partitionResponses();
    }

    private static void assertAnswered(PartitionProduceResponse answer, int id) {
        assertThat(ErrorCode.forCode(answer.errorCode()))
                .isEqualTo(id == GAP ? ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER : ErrorCode.NONE);
        assertThat(answer.baseOffset()).isEqualTo(id == GAP ? -1 : id < GAP ? id : id - 1);
    }

    @Test
    void canBeRepeatedAsTheyAreWhereTheirWriteLackedMemory() throws IOException {
        var reported = new ConcurrentLinkedQueue<Throwable>();
        var noMemory = new OutOfMemoryError("for a buffer");
        var packet = new ByteArrayOutputStream();
        for (int id = 0; id < REQUESTS; id++) {
            packet.writeBytes(request(id));
        }
        try (Broker broker = Broker.builder()
                        .dataDir(directory)
                        .disk(disk::over)
                        .topic(new Topic("orders", 2))
                        .brokerListener(new BrokerListener() {
                            @Override
                            public void failed(String where, Throwable cause) {
                                reported.add(cause);
                            }
                        })
                        .start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            disk.throwFromWrite("orders-0/", noMemory);
            client.send(packet.toByteArray());
            for (int id = 0; id < REQUESTS; id++) {
                var answers = receive(client, id);
                assertThat(ErrorCode.forCode(answers.get(0).errorCode())).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
                assertAnswered(answers.get(1), id);
            }
            assertThat(broker.status()).isEqualTo(BrokerStatus.RUNNING);
            client.send(packet.toByteArray());
            for (int id = 0; id < REQUESTS; id++) {
                var answers = receive(client, id);
                assertAnswered(answers.get(0), id);
            }
        }
        assertThat(reported).singleElement().satisfies(bug -> assertThat(bug).hasCause(noMemory));
    }
}
