package dev.barnabas.broker.internal.handler;

import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a Produce request writes to: each topic and each of its partitions once, whatever it names repeatedly. As in Apache
 * Kafka, the last batch for a partition counts, and has the one answer; only one that is no batch at all does not take the
 * place of one that is: both are looked at, and the answer says what is wrong with the former.
 *
 * @param topics with the partitions to append to, in the order in which they were first named
 * @param untold the partitions' data whose outcome the answer does not tell; by identity
 */
record ProduceTargets(List<TopicProduceData> topics, Set<PartitionProduceData> untold) {

    /** The first version that carries one batch, of format 2, for each partition. */
    private static final int FIRST_ONE_BATCH_VERSION = 3;

    /** The first version that carries zstd. */
    private static final int FIRST_ZSTD_VERSION = 7;

    private static final int COMPRESSION_BITS = 0x07;

    /** Partitions below this index are told apart without objects. */
    private static final int LOW_INDEXES = Long.SIZE;

    /** What {@code request} of {@code version} names. */
    static ProduceTargets of(ProduceRequest request, int version) {
        return isEachNamedOnce(request.topicData(), version)
                ? new ProduceTargets(request.topicData(), Set.of())
                : namedOnce(request.topicData(), version);
    }

    /** Whether the answer tells what became of {@code data}. */
    boolean isTold(PartitionProduceData data) {
        return !untold.contains(data);
    }

    /** What tells topics apart. */
    private static Object nameOf(TopicProduceData topic, int version) {
        return version >= ProduceHandler.FIRST_TOPIC_ID_VERSION ? topic.topicId() : topic.name();
    }

    private static boolean isBatch(PartitionProduceData data, int version) {
        ByteBuf records = ProduceHandler.bytesOf(data);
        return version < FIRST_ONE_BATCH_VERSION
                || (ProduceHandler.isOneBatch(records) && (version >= FIRST_ZSTD_VERSION || !isZstd(records)));
    }

    private static boolean isZstd(ByteBuf records) {
        int attributes = records.getShort(records.readerIndex() + RecordBatch.ATTRIBUTES_OFFSET);
        return (attributes & COMPRESSION_BITS) == Compression.ZSTD.id();
    }

    private static boolean isEachNamedOnce(List<TopicProduceData> topics, int version) {
        Set<Object> names = topics.size() > 1 ? new HashSet<>() : Set.of();
        for (TopicProduceData topic : topics) {
            if ((topics.size() > 1 && !names.add(nameOf(topic, version))) || !isEachNamedOnce(topic.partitionData())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEachNamedOnce(List<PartitionProduceData> partitions) {
        long low = 0;
        Set<Integer> others = null;
        for (int i = 0; i < partitions.size(); i++) {
            int index = partitions.get(i).index();
            if (index >= 0 && index < LOW_INDEXES) {
                if ((low & 1L << index) != 0) {
                    return false;
                }
                low |= 1L << index;
            } else {
                others = others == null ? new HashSet<>() : others;
                if (!others.add(index)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static ProduceTargets namedOnce(List<TopicProduceData> topics, int version) {
        Map<Object, TopicProduceData> merged = new LinkedHashMap<>();
        Map<Object, Map<Integer, Target>> targets = new HashMap<>();
        for (TopicProduceData topic : topics) {
            Object name = nameOf(topic, version);
            merged.computeIfAbsent(
                    name, first -> new TopicProduceData().setName(topic.name()).setTopicId(topic.topicId()));
            Map<Integer, Target> partitions = targets.computeIfAbsent(name, first -> new LinkedHashMap<>());
            for (PartitionProduceData data : topic.partitionData()) {
                partitions.merge(data.index(), Target.of(data, isBatch(data, version)), Target::then);
            }
        }
        Set<PartitionProduceData> untold = Collections.newSetFromMap(new IdentityHashMap<>());
        merged.forEach((name, topic) -> targets.getOrDefault(name, Map.of())
                .values()
                .forEach(target -> target.addTo(topic.partitionData(), untold)));
        return new ProduceTargets(new ArrayList<>(merged.values()), untold);
    }

    /** What was last named for one partition. */
    private record Target(
            @Nullable PartitionProduceData batch, @Nullable PartitionProduceData noBatch) {

        static Target of(PartitionProduceData data, boolean isBatch) {
            return isBatch ? new Target(data, null) : new Target(null, data);
        }

        Target then(Target later) {
            return new Target(
                    later.batch == null ? batch : later.batch, later.noBatch == null ? noBatch : later.noBatch);
        }

        void addTo(List<PartitionProduceData> partitions, Set<PartitionProduceData> untold) {
            if (batch != null) {
                partitions.add(batch);
            }
            if (noBatch != null) {
                partitions.add(noBatch);
            }
            if (batch != null && noBatch != null) {
                untold.add(batch);
            }
        }
    }
}
