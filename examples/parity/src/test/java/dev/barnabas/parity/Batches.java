package dev.barnabas.parity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** Record batches and the Produce requests that carry them. Timestamps count from {@link Normalizer#BASE_TIMESTAMP}. */
final class Batches {
    private Batches() {}

    /** Records with the keys k0, k1, ..., the values v0, v1, ... and timestamps one millisecond apart. */
    static SimpleRecord[] records(int count) {
        var records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = record(i, "k" + i, "v" + i, new RecordHeader("h", bytes("x" + i)));
        }
        return records;
    }

    static SimpleRecord record(long timestampDelta, @Nullable String key, @Nullable String value, Header... headers) {
        return new SimpleRecord(Normalizer.BASE_TIMESTAMP + timestampDelta, bytes(key), bytes(value), headers);
    }

    static MemoryRecords batch(SimpleRecord... records) {
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    static MemoryRecords batch(Compression compression, SimpleRecord... records) {
        return MemoryRecords.withRecords(compression, records);
    }

    static MemoryRecords idempotent(long producerId, int epoch, int sequence, SimpleRecord... records) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) epoch, sequence, records);
    }

    static MemoryRecords legacy(int magic, SimpleRecord... records) {
        return MemoryRecords.withRecords((byte) magic, 0L, Compression.NONE, TimestampType.CREATE_TIME, records);
    }

    static MemoryRecords joined(MemoryRecords first, MemoryRecords second) {
        var all = ByteBuffer.allocate(first.sizeInBytes() + second.sizeInBytes());
        all.put(first.buffer().duplicate()).put(second.buffer().duplicate()).flip();
        return MemoryRecords.readableRecords(all);
    }

    /** The same bytes with the one at {@code index} changed. */
    static MemoryRecords damaged(MemoryRecords records, int index) {
        var copy = copy(records);
        copy.put(index, (byte) (copy.get(index) ^ 0x55));
        return MemoryRecords.readableRecords(copy);
    }

    /** The same bytes with {@code value} at {@code index}, and the checksum made right again. */
    static MemoryRecords with(MemoryRecords records, int index, byte... value) {
        var copy = copy(records);
        for (int i = 0; i < value.length; i++) {
            copy.put(index + i, value[i]);
        }
        var crc = new java.util.zip.CRC32C();
        crc.update(copy.duplicate().position(21));
        copy.putInt(17, (int) crc.getValue());
        return MemoryRecords.readableRecords(copy);
    }

    static MemoryRecords cut(MemoryRecords records, int length) {
        return MemoryRecords.readableRecords(copy(records).limit(length));
    }

    private static ByteBuffer copy(MemoryRecords records) {
        return ByteBuffer.allocate(records.sizeInBytes())
                .put(records.buffer().duplicate())
                .flip();
    }

    static ProduceRequestData produce(Session.Topic topic, int acks, @Nullable BaseRecords records) {
        return produce(topic.name(), topic.id(), 0, acks, records);
    }

    static ProduceRequestData produce(String topic, Uuid id, int partition, int acks, @Nullable BaseRecords records) {
        var data = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(5_000);
        add(data, topic, id, partition, records);
        return data;
    }

    static void add(ProduceRequestData data, String topic, Uuid id, int partition, @Nullable BaseRecords records) {
        var topicData = data.topicData().find(topic, id);
        if (topicData == null) {
            topicData = new ProduceRequestData.TopicProduceData().setName(topic).setTopicId(id);
            data.topicData().add(topicData);
        }
        topicData
                .partitionData()
                .add(new ProduceRequestData.PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(records));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
