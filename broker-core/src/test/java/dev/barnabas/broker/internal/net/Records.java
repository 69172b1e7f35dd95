package dev.barnabas.broker.internal.net;

import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.record.ByteBufRecords;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Produce requests with records that Kafka's own code made, and the fetches that bring them back. */
final class Records {

    private Records() {}

    static ProduceRequest produce(String topic, int partition, short acks, byte[] value) {
        ByteBuffer batch = MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(System.currentTimeMillis(), null, value))
                .buffer();
        return new ProduceRequest()
                .setAcks(acks)
                .setTimeoutMs(10_000)
                .setTopicData(List.of(new TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(new PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(new ByteBufRecords(Unpooled.wrappedBuffer(batch)))))));
    }

    static FetchRequest fetch(String topic, long offset, int minBytes, int maxWaitMs) {
        return new FetchRequest()
                .setReplicaId(-1)
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(minBytes)
                .setMaxBytes(50 << 20)
                .setSessionId(0)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(50 << 20)))));
    }
}
