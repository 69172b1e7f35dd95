package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.ElectLeadersRequest;
import dev.barnabas.protocol.message.ElectLeadersRequest.TopicPartitions;
import dev.barnabas.protocol.message.ElectLeadersResponse;
import dev.barnabas.protocol.message.ElectLeadersResponse.PartitionResult;
import dev.barnabas.protocol.message.ElectLeadersResponse.ReplicaElectionResult;
import java.util.ArrayList;
import java.util.List;

/** {@code ElectLeaders} 0-2: elects preferred leaders, or unclean ones where there is no leader (KIP-183, KIP-460). */
public final class ElectLeadersHandler extends ForwardingHandler<ElectLeadersRequest> {

    public ElectLeadersHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiMessage failed(ElectLeadersRequest request, int version, ApiException error) {
        var response = new ElectLeadersResponse().setErrorCode(error.error().code());
        List<TopicPartitions> topics = request.topicPartitions();
        if (topics != null) {
            topics.forEach(topic -> response.replicaElectionResults()
                    .add(new ReplicaElectionResult()
                            .setTopic(topic.topic())
                            .setPartitionResult(failed(topic.partitions(), error))));
        }
        return response;
    }

    private static List<PartitionResult> failed(List<Integer> partitions, ApiException error) {
        var results = new ArrayList<PartitionResult>();
        partitions.forEach(partition -> results.add(new PartitionResult()
                .setPartitionId(partition)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.getMessage())));
        return results;
    }
}
