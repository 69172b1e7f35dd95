package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.Quorum;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.DescribeQuorumRequest;
import dev.barnabas.protocol.message.DescribeQuorumResponse;
import dev.barnabas.protocol.message.DescribeQuorumResponse.Listener;
import dev.barnabas.protocol.message.DescribeQuorumResponse.Node;
import dev.barnabas.protocol.message.DescribeQuorumResponse.PartitionData;
import dev.barnabas.protocol.message.DescribeQuorumResponse.ReplicaState;
import dev.barnabas.protocol.message.DescribeQuorumResponse.TopicData;
import java.util.List;
import java.util.function.Supplier;

/** {@code DescribeQuorum} 0-2: the metadata log's voters (KIP-595, KIP-836, KIP-853), which is this broker alone. */
public final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequest> {

    private static final String TOPIC = "__cluster_metadata";

    private final Supplier<ClusterImage> metadata;
    private final Quorum quorum;
    private final Clock clock;

    public DescribeQuorumHandler(Supplier<ClusterImage> metadata, Quorum quorum, Clock clock) {
        this.metadata = metadata;
        this.quorum = quorum;
        this.clock = clock;
    }

    @Override
    public void handle(DescribeQuorumRequest request, RequestContext context) {
        var response = new DescribeQuorumResponse();
        boolean found = false;
        for (DescribeQuorumRequest.TopicData topic : request.topics()) {
            var described = new TopicData().setTopicName(topic.topicName());
            for (DescribeQuorumRequest.PartitionData partition : topic.partitions()) {
                boolean known = topic.topicName().equals(TOPIC) && partition.partitionIndex() == 0;
                described.partitions().add(known ? quorum() : unknown(partition.partitionIndex()));
                found |= known;
            }
            response.topics().add(described);
        }
        if (found && context.version() >= 2) {
            response.setNodes(List.of(node()));
        }
        context.respond(response);
    }

    private PartitionData quorum() {
        long nowMs = clock.wallMs();
        var voter = new ReplicaState()
                .setReplicaId(quorum.nodeId())
                .setLogEndOffset(quorum.highWatermark())
                .setLastFetchTimestamp(nowMs)
                .setLastCaughtUpTimestamp(nowMs);
        return new PartitionData()
                .setPartitionIndex(0)
                .setLeaderId(quorum.nodeId())
                .setLeaderEpoch(quorum.epoch())
                .setHighWatermark(quorum.highWatermark())
                .setCurrentVoters(List.of(voter));
    }

    private static PartitionData unknown(int index) {
        return new PartitionData()
                .setPartitionIndex(index)
                .setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code())
                .setErrorMessage(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.message());
    }

    private Node node() {
        var node = new Node().setNodeId(quorum.nodeId());
        var broker = metadata.get().brokers().get(quorum.nodeId());
        if (broker != null) {
            broker.endpoints().forEach((name, endpoint) -> node.listeners()
                    .add(new Listener().setName(name).setHost(endpoint.host()).setPort(endpoint.port())));
        }
        return node;
    }

    @Override
    public ApiMessage failed(DescribeQuorumRequest request, int version, ApiException error) {
        return new DescribeQuorumResponse().setErrorCode(error.error().code()).setErrorMessage(error.getMessage());
    }
}
