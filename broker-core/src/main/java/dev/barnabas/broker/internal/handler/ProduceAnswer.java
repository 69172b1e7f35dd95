package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.request.BoundedLog;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.BatchIndexAndErrorMessage;
import dev.barnabas.protocol.message.ProduceResponse.LeaderIdAndEpoch;
import dev.barnabas.protocol.message.ProduceResponse.NodeEndpoint;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.TopicProduceResponse;
import dev.barnabas.protocol.record.RecordErrorsException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one produce request, given when every partition has filled its slot. A slot is written by one partition's
 * lane only; the last one to be {@link #done} sends.
 */
final class ProduceAnswer {

    private static final int FIRST_HINT_VERSION = 10;

    private final RequestContext context;
    private final ProduceResponse response;
    private final boolean isSilent;
    private final MetadataCache metadata;
    private final BoundedLog refusals;

    /** Partitions to come, and the request itself. */
    private final AtomicInteger open = new AtomicInteger(1);

    /** One of the errors; null if there is none. */
    private volatile @Nullable ApiException failure;

    /** @param isSilent whether the client wants no response ({@code acks=0}) */
    ProduceAnswer(
            RequestContext context,
            ProduceResponse response,
            boolean isSilent,
            MetadataCache metadata,
            BoundedLog refusals) {
        this.context = context;
        this.response = response;
        this.isSilent = isSilent;
        this.metadata = metadata;
        this.refusals = refusals;
    }

    RequestContext context() {
        return context;
    }

    /** One more slot to wait for; before {@link #done} is called for the request itself. */
    void expect() {
        open.incrementAndGet();
    }

    /**
     * Fills {@code slot} with an error.
     *
     * @param partition null if it is not hosted here, or not told of
     */
    void refuse(PartitionProduceResponse slot, String topic, @Nullable LocalPartition partition, ApiException error) {
        failure = error;
        slot.setErrorCode(error.error().code());
        if (partition != null && tellsLogStart(error.error())) {
            slot.setLogStartOffset(partition.log().logStartOffset());
        }
        if (error instanceof RecordErrorsException wrong) {
            slot.setErrorMessage(error.getMessage());
            wrong.recordErrors().forEach(each -> slot.recordErrors()
                    .add(new BatchIndexAndErrorMessage()
                            .setBatchIndex(each.batchIndex())
                            .setBatchIndexErrorMessage(each.message())));
        }
        refusals.info(
                "Append refused topic={} partition={} error={} client={} remote={} reason=\"{}\"",
                topic,
                slot.index(),
                error.error(),
                context.clientId(),
                context.remoteAddress(),
                error.getMessage());
        done();
    }

    /** Whether Apache Kafka names the log's start beside this error. */
    private static boolean tellsLogStart(ErrorCode error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    NOT_LEADER_OR_FOLLOWER,
                    MESSAGE_TOO_LARGE,
                    RECORD_LIST_TOO_LARGE,
                    CORRUPT_MESSAGE,
                    KAFKA_STORAGE_ERROR,
                    UNSUPPORTED_COMPRESSION_TYPE,
                    INVALID_REQUIRED_ACKS,
                    INVALID_TOPIC_EXCEPTION -> false;
            default -> true;
        };
    }

    /** One slot is filled, or the request is read to its end. */
    void done() {
        if (open.decrementAndGet() == 0) {
            send();
        }
    }

    private void send() {
        ApiException error = failure;
        if (!isSilent) {
            if (error != null && context.version() >= FIRST_HINT_VERSION) {
                addLeaderHints();
            }
            context.respond(response);
        } else if (error == null) {
            context.respondNothing();
        } else {
            context.closeConnection("acks=0 append refused: " + error.error());
        }
    }

    private void addLeaderHints() {
        var hints = new LeaderHints(metadata, context.listenerName());
        for (TopicProduceResponse topic : response.responses()) {
            for (PartitionProduceResponse slot : topic.partitionResponses()) {
                if (slot.errorCode() == ErrorCode.NOT_LEADER_OR_FOLLOWER.code()) {
                    var leader = hints.leaderOf(topic.name(), topic.topicId(), slot.index());
                    if (leader != null) {
                        slot.setCurrentLeader(new LeaderIdAndEpoch()
                                .setLeaderId(leader.leader())
                                .setLeaderEpoch(leader.leaderEpoch()));
                    }
                }
            }
        }
        for (LeaderHints.Node node : hints.nodes()) {
            response.nodeEndpoints()
                    .add(new NodeEndpoint()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack()));
        }
    }
}
