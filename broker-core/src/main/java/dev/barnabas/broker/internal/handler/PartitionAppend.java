package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.partition.LeaderAppend;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.partition.Partition;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.record.ValidatedRecords;
import dev.barnabas.storage.AppendResult;
import org.jspecify.annotations.Nullable;

/** One partition's part of a produce request: fills its slot of the response, on the partition's lane. */
final class PartitionAppend implements Partition.AppendCallback {

    private final LocalPartition partition;
    private final String topic;
    private final ValidatedRecords records;
    private final int acks;
    private final int timeoutMs;
    private final PartitionProduceResponse slot;
    private final ProduceAnswer answer;

    PartitionAppend(
            LocalPartition partition,
            String topic,
            ValidatedRecords records,
            int acks,
            int timeoutMs,
            PartitionProduceResponse slot,
            ProduceAnswer answer) {
        this.partition = partition;
        this.topic = topic;
        this.records = records;
        this.acks = acks;
        this.timeoutMs = timeoutMs;
        this.slot = slot;
        this.answer = answer;
    }

    void start() {
        partition.appendTogether(new LeaderAppend(records.records(), acks, timeoutMs, this));
    }

    @Override
    public void onAppend(@Nullable AppendResult result, @Nullable ApiException error) {
        records.release();
        if (error != null) {
            answer.refuse(slot, topic, partition, error);
        } else if (result != null) {
            slot.setBaseOffset(result.firstOffset())
                    .setLogAppendTimeMs(result.logAppendTimeMs())
                    .setLogStartOffset(result.logStartOffset());
            answer.done();
        }
    }
}
