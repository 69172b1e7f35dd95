package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.partition.HostedPartitions;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.message.OffsetForLeaderEpochRequest;
import dev.barnabas.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import dev.barnabas.protocol.message.OffsetForLeaderEpochResponse;
import dev.barnabas.protocol.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import dev.barnabas.protocol.message.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;

/**
 * OffsetForLeaderEpoch 0-4: where a leader epoch ended, so that a client finds out whether what it read was truncated
 * (KIP-101, KIP-279; 2 checks the client's own epoch, KIP-320).
 */
public final class OffsetForLeaderEpochHandler implements ApiHandler<OffsetForLeaderEpochRequest> {

    private final HostedPartitions partitions;

    public OffsetForLeaderEpochHandler(HostedPartitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(OffsetForLeaderEpochRequest request, RequestContext context) {
        var response = new OffsetForLeaderEpochResponse();
        var countdown = new Countdown(() -> context.respond(response));
        for (var topic : request.topics()) {
            var result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            response.topics().add(result);
            for (OffsetForLeaderPartition asked : topic.partitions()) {
                var answer = empty(asked.partition(), ErrorCode.NONE);
                result.partitions().add(answer);
                look(new TopicPartition(topic.topic(), asked.partition()), asked, answer, countdown);
            }
        }
        countdown.start();
    }

    private void look(
            TopicPartition topicPartition, OffsetForLeaderPartition asked, EpochEndOffset answer, Countdown countdown) {
        LocalPartition partition;
        try {
            partition = partitions.leader(topicPartition, asked.currentLeaderEpoch());
        } catch (ApiException e) {
            answer.setErrorCode(e.error().code());
            return;
        }
        countdown.add();
        partition.lane().execute(() -> {
            var end = partition.endOffsetForEpoch(asked.leaderEpoch());
            answer.setLeaderEpoch(end.epoch()).setEndOffset(end.endOffset());
            countdown.done();
        });
    }

    private static EpochEndOffset empty(int partition, ErrorCode error) {
        return new EpochEndOffset()
                .setPartition(partition)
                .setErrorCode(error.code())
                .setLeaderEpoch(-1)
                .setEndOffset(-1);
    }

    @Override
    public OffsetForLeaderEpochResponse failed(OffsetForLeaderEpochRequest request, int version, ApiException error) {
        var response = new OffsetForLeaderEpochResponse();
        for (var topic : request.topics()) {
            response.topics()
                    .add(new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(topic.partitions().stream()
                                    .map(partition -> empty(partition.partition(), error.error()))
                                    .toList()));
        }
        return response;
    }
}
