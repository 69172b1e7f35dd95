package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.TopicNames;
import dev.barnabas.broker.internal.partition.HostedPartitions;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.message.DescribeProducersRequest;
import dev.barnabas.protocol.message.DescribeProducersResponse;
import dev.barnabas.protocol.message.DescribeProducersResponse.PartitionResponse;
import dev.barnabas.protocol.message.DescribeProducersResponse.TopicResponse;

/** DescribeProducers 0: the producers with state in a partition (KIP-664). */
public final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequest> {

    private final HostedPartitions partitions;
    private final MetadataCache metadata;

    public DescribeProducersHandler(HostedPartitions partitions, MetadataCache metadata) {
        this.partitions = partitions;
        this.metadata = metadata;
    }

    @Override
    public void handle(DescribeProducersRequest request, RequestContext context) {
        var response = new DescribeProducersResponse();
        var countdown = new Countdown(() -> context.respond(response));
        for (var topic : request.topics()) {
            var result = new TopicResponse().setName(topic.name());
            response.topics().add(result);
            for (int index : topic.partitionIndexes()) {
                var answer = new PartitionResponse().setPartitionIndex(index).setErrorMessage(null);
                result.partitions().add(answer);
                describe(new TopicPartition(topic.name(), index), answer, countdown);
            }
        }
        countdown.start();
    }

    private void describe(TopicPartition topicPartition, PartitionResponse answer, Countdown countdown) {
        LocalPartition partition;
        try {
            checkTopic(topicPartition.topic());
            partition = partitions.leader(topicPartition);
        } catch (ApiException e) {
            boolean topicKnown = metadata.image().topic(topicPartition.topic()) != null;
            answer.setErrorCode(e.error().code()).setErrorMessage(topicKnown ? null : e.getMessage());
            return;
        }
        countdown.add();
        partition.lane().execute(() -> {
            for (var producer : partition.log().activeProducers()) {
                answer.activeProducers()
                        .add(new DescribeProducersResponse.ProducerState()
                                .setProducerId(producer.producerId())
                                .setProducerEpoch(producer.producerEpoch())
                                .setLastSequence(producer.lastSequence())
                                .setLastTimestamp(producer.lastTimestampMs())
                                .setCoordinatorEpoch(producer.coordinatorEpoch())
                                .setCurrentTxnStartOffset(producer.currentTxnFirstOffset()));
            }
            countdown.done();
        });
    }

    private static void checkTopic(String topic) {
        String problem = TopicNames.problem(topic);
        if (problem != null) {
            throw new ApiException(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
        }
    }

    @Override
    public DescribeProducersResponse failed(DescribeProducersRequest request, int version, ApiException error) {
        var response = new DescribeProducersResponse();
        for (var topic : request.topics()) {
            response.topics()
                    .add(new TopicResponse()
                            .setName(topic.name())
                            .setPartitions(topic.partitionIndexes().stream()
                                    .map(index -> new PartitionResponse()
                                            .setPartitionIndex(index)
                                            .setErrorCode(error.error().code())
                                            .setErrorMessage(error.getMessage()))
                                    .toList()));
        }
        return response;
    }
}
