package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.partition.HostedPartitions;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.message.DeleteRecordsRequest;
import dev.barnabas.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import dev.barnabas.protocol.message.DeleteRecordsResponse;
import dev.barnabas.protocol.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import dev.barnabas.protocol.message.DeleteRecordsResponse.DeleteRecordsTopicResult;

/** DeleteRecords 0-2: moves the start of a log forward (KIP-107). */
public final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequest> {

    private final HostedPartitions partitions;

    public DeleteRecordsHandler(HostedPartitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(DeleteRecordsRequest request, RequestContext context) {
        var response = new DeleteRecordsResponse();
        var countdown = new Countdown(() -> context.respond(response));
        for (var topic : request.topics()) {
            var result = new DeleteRecordsTopicResult().setName(topic.name());
            response.topics().add(result);
            for (DeleteRecordsPartition asked : topic.partitions()) {
                var answer = refused(asked.partitionIndex(), ErrorCode.NONE);
                result.partitions().add(answer);
                delete(new TopicPartition(topic.name(), asked.partitionIndex()), asked.offset(), answer, countdown);
            }
        }
        countdown.start();
    }

    private void delete(
            TopicPartition topicPartition, long offset, DeleteRecordsPartitionResult answer, Countdown countdown) {
        LocalPartition partition;
        try {
            if (InternalTopics.isInternal(topicPartition.topic())) {
                throw new ApiException(
                        ErrorCode.INVALID_TOPIC_EXCEPTION, topicPartition.topic() + " is kept by the broker");
            }
            partition = partitions.leader(topicPartition);
        } catch (ApiException e) {
            answer.setErrorCode(e.error().code());
            return;
        }
        countdown.add();
        partition.lane().execute(() -> {
            try {
                answer.setLowWatermark(partition.deleteRecordsBefore(offset));
            } catch (ApiException e) {
                answer.setErrorCode(e.error().code());
            }
            countdown.done();
        });
    }

    private static DeleteRecordsPartitionResult refused(int partition, ErrorCode error) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(partition)
                .setLowWatermark(-1)
                .setErrorCode(error.code());
    }

    @Override
    public DeleteRecordsResponse failed(DeleteRecordsRequest request, int version, ApiException error) {
        var response = new DeleteRecordsResponse();
        for (var topic : request.topics()) {
            response.topics()
                    .add(new DeleteRecordsTopicResult()
                            .setName(topic.name())
                            .setPartitions(topic.partitions().stream()
                                    .map(partition -> refused(partition.partitionIndex(), error.error()))
                                    .toList()));
        }
        return response;
    }
}
