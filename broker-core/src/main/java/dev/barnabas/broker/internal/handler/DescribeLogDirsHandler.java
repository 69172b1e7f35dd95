package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.partition.HostedPartitions;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.message.DescribeLogDirsRequest;
import dev.barnabas.protocol.message.DescribeLogDirsResponse;
import dev.barnabas.protocol.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import dev.barnabas.protocol.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import dev.barnabas.protocol.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import dev.barnabas.storage.LogStore;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** DescribeLogDirs 0-5: the log directory, its logs and their sizes (KIP-113; 4 the volume's size, KIP-827). */
public final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequest> {

    private final HostedPartitions partitions;
    private final LogStore store;

    public DescribeLogDirsHandler(HostedPartitions partitions, LogStore store) {
        this.partitions = partitions;
        this.store = store;
    }

    @Override
    public void handle(DescribeLogDirsRequest request, RequestContext context) {
        var directory = new DescribeLogDirsResult()
                .setLogDir(store.directoryName())
                .setTotalBytes(-1)
                .setUsableBytes(-1);
        if (store.offline()) {
            directory.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        } else {
            directory
                    .setTotalBytes(store.totalBytes())
                    .setUsableBytes(store.usableBytes())
                    .setTopics(topics(request));
        }
        context.respond(new DescribeLogDirsResponse().setResults(List.of(directory)));
    }

    private List<DescribeLogDirsTopic> topics(DescribeLogDirsRequest request) {
        Map<String, DescribeLogDirsTopic> topics = new TreeMap<>();
        var asked = request.topics();
        if (asked == null) {
            for (LocalPartition partition : partitions.all()) {
                add(topics, partition);
            }
        } else {
            for (var topic : asked) {
                for (int index : topic.partitions()) {
                    LocalPartition partition = partitions.find(new TopicPartition(topic.topic(), index));
                    if (partition != null) {
                        add(topics, partition);
                    }
                }
            }
        }
        return List.copyOf(topics.values());
    }

    private static void add(Map<String, DescribeLogDirsTopic> topics, LocalPartition partition) {
        topics.computeIfAbsent(partition.topicPartition().topic(), name -> new DescribeLogDirsTopic().setName(name))
                .partitions()
                .add(new DescribeLogDirsPartition()
                        .setPartitionIndex(partition.topicPartition().partition())
                        .setPartitionSize(partition.log().sizeInBytes())
                        .setOffsetLag(0)
                        .setIsFutureKey(false));
    }

    @Override
    public DescribeLogDirsResponse failed(DescribeLogDirsRequest request, int version, ApiException error) {
        return new DescribeLogDirsResponse().setErrorCode(error.error().code());
    }
}
