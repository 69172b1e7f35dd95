package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.partition.HostedPartitions;
import dev.barnabas.broker.internal.partition.HostedTopic;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.BoundedLog;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.TopicProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatchValidator;
import dev.barnabas.protocol.record.RecordCursor;
import dev.barnabas.protocol.record.ValidatedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Produce 0 to 13: appends one batch to each of the named partitions.
 *
 * <p>Batches are checked here, on the I/O loop, and appended on their partitions' lanes, from the frame they came in, once
 * the loop has read all that it woke up for; the answer goes out when the last partition has one, and names each partition
 * once ({@link ProduceTargets}). Versions 0 to 2 carry message formats 0 and 1, which are converted; from 13 on topics are
 * named by id (KIP-516), from 10 on a wrong leader is answered with the right one (KIP-951). Transactions are not served: a
 * transactional batch is answered INVALID_TXN_STATE.
 */
public final class ProduceHandler implements ApiHandler<ProduceRequest> {

    static final int FIRST_TOPIC_ID_VERSION = 13;
    private static final int TRANSACTIONAL_BIT = 0x10;

    /** What the smallest message of format 0 says its length is. */
    private static final int BATCH_LENGTH_MIN = 14;

    private static final int NO_ACKS = 0;
    private static final int LEADER_ACK = 1;
    private static final int ALL_ACKS = -1;

    /** The client whose writes to internal topics are let through, as Apache Kafka does. */
    private static final String ADMIN_CLIENT = "__admin_client";

    private final HostedPartitions partitions;
    private final MetadataCache metadata;
    private final Clock clock;
    private final ThreadLocal<RecordBatchValidator> validators;
    private final BoundedLog refusals;

    /** @param allocator of batches that have to be written anew */
    public ProduceHandler(
            HostedPartitions partitions, MetadataCache metadata, Clock clock, ByteBufAllocator allocator) {
        this.partitions = partitions;
        this.metadata = metadata;
        this.clock = clock;
        this.validators =
                ThreadLocal.withInitial(() -> new RecordBatchValidator(allocator, RecordCursor.DECOMPRESSED_BYTES_MAX));
        this.refusals = new BoundedLog(LoggerFactory.getLogger(ProduceHandler.class), clock);
    }

    @Override
    public void handle(ProduceRequest request, RequestContext context) {
        checkBatches(request);
        if (request.transactionalId() == null && hasTransactionalBatch(request)) {
            throw new ApiException(
                    ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                    "transactional batch: without a transactional id (expected: one)");
        }
        int version = context.version();
        List<TopicProduceResponse> topics = new ArrayList<>(request.topicData().size());
        var answer = new ProduceAnswer(
                context, new ProduceResponse().setResponses(topics), request.acks() == NO_ACKS, metadata, refusals);
        ProduceTargets targets = ProduceTargets.of(request, version);
        List<PartitionAppend> appends = new ArrayList<>();
        for (TopicProduceData data : targets.topics()) {
            List<PartitionProduceResponse> slots =
                    new ArrayList<>(data.partitionData().size());
            var topic = new TopicProduceResponse()
                    .setName(data.name())
                    .setTopicId(data.topicId())
                    .setPartitionResponses(slots);
            if (!data.partitionData().isEmpty()) {
                topics.add(topic);
            }
            TopicImage image =
                    version >= FIRST_TOPIC_ID_VERSION ? metadata.image().topic(data.topicId()) : null;
            String name = image == null ? data.name() : image.name();
            HostedTopic hosted =
                    version >= FIRST_TOPIC_ID_VERSION ? partitions.topic(data.topicId()) : partitions.topic(name);
            for (PartitionProduceData partition : data.partitionData()) {
                var slot = new PartitionProduceResponse()
                        .setIndex(partition.index())
                        .setBaseOffset(-1)
                        .setLogAppendTimeMs(-1)
                        .setLogStartOffset(-1);
                if (targets.isTold(partition)) {
                    slots.add(slot);
                }
                answer.expect();
                if (hosted == null && version >= FIRST_TOPIC_ID_VERSION && image == null) {
                    answer.refuse(slot, name, null, unknownTopicId());
                } else {
                    PartitionAppend append = check(request, partition, hosted, name, slot, answer);
                    if (append != null) {
                        appends.add(append);
                    }
                }
            }
        }
        appends.forEach(PartitionAppend::start);
        answer.done();
    }

    /** What is to be appended; null if the slot is filled already. */
    private @Nullable PartitionAppend check(
            ProduceRequest request,
            PartitionProduceData data,
            @Nullable HostedTopic hosted,
            String name,
            PartitionProduceResponse slot,
            ProduceAnswer answer) {
        LocalPartition partition = null;
        ByteBuf records = bytesOf(data);
        ValidatedRecords validated;
        try {
            partition = partitions.hosted(hosted, name, data.index());
            checkAcks(request.acks());
            checkInternal(name, answer.context());
            partition.requireServing();
            if (request.transactionalId() != null && isTransactional(records)) {
                throw new ApiException(
                        ErrorCode.INVALID_TXN_STATE, "transactional batch: " + name + " (expected: none)");
            }
            validated = validators
                    .get()
                    .validate(
                            records,
                            answer.context().version(),
                            partition.settings().validation(),
                            clock.wallMs());
        } catch (ApiException e) {
            answer.refuse(slot, name, isOneBatch(records) ? partition : null, e);
            return null;
        }
        if (validated.isEmpty()) {
            slot.setLogStartOffset(partition.log().logStartOffset());
            answer.done();
            return null;
        }
        return new PartitionAppend(partition, name, validated, request.acks(), request.timeoutMs(), slot, answer);
    }

    /** What Apache Kafka checks before it looks at the partition, and so refuses without naming the log's start. */
    static boolean isOneBatch(ByteBuf records) {
        int index = records.readerIndex();
        return records.readableBytes() >= RecordBatch.BYTES_UP_TO_MAGIC
                && RecordBatch.sizeInBytes(records, index) == records.readableBytes()
                && RecordBatch.magic(records, index) == RecordBatch.MAGIC_V2;
    }

    private static void checkAcks(int acks) {
        if (acks != NO_ACKS && acks != LEADER_ACK && acks != ALL_ACKS) {
            throw new ApiException(ErrorCode.INVALID_REQUIRED_ACKS, "acks: " + acks + " (expected: -1, 0, 1)");
        }
    }

    private static void checkInternal(String topic, RequestContext context) {
        if (InternalTopics.isInternal(topic) && !ADMIN_CLIENT.equals(context.clientId())) {
            throw new ApiException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, "topic: " + topic + " (expected: one that clients write to)");
        }
    }

    private static ApiException unknownTopicId() {
        return new ApiException(ErrorCode.UNKNOWN_TOPIC_ID, "topic id: unknown (expected: that of a topic)");
    }

    static ByteBuf bytesOf(PartitionProduceData data) {
        return data.records() instanceof ByteBufRecords records ? records.buffer() : Unpooled.EMPTY_BUFFER;
    }

    /** Bytes that begin no batch make the whole request suspect: none of it is appended. */
    private static void checkBatches(ProduceRequest request) {
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData partition : topic.partitionData()) {
                ByteBuf records = bytesOf(partition);
                if (records.readableBytes() >= RecordBatch.BYTES_UP_TO_MAGIC) {
                    int length = records.getInt(records.readerIndex() + RecordBatch.LENGTH_OFFSET);
                    byte magic = RecordBatch.magic(records, records.readerIndex());
                    if (length < BATCH_LENGTH_MIN || magic < RecordBatch.MAGIC_V0 || magic > RecordBatch.MAGIC_V2) {
                        throw new ApiException(
                                ErrorCode.CORRUPT_MESSAGE,
                                "batch length: " + length + ", magic: " + magic + " (expected: at least "
                                        + BATCH_LENGTH_MIN + ", 0-2)");
                    }
                }
            }
        }
    }

    private static boolean hasTransactionalBatch(ProduceRequest request) {
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData partition : topic.partitionData()) {
                if (isTransactional(bytesOf(partition))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isTransactional(ByteBuf records) {
        int index = records.readerIndex();
        return records.readableBytes() >= RecordBatch.HEADER_BYTES
                && RecordBatch.magic(records, index) == RecordBatch.MAGIC_V2
                && (records.getShort(index + RecordBatch.ATTRIBUTES_OFFSET) & TRANSACTIONAL_BIT) != 0;
    }

    @Override
    public @Nullable ProduceResponse failed(ProduceRequest request, int version, ApiException error) {
        if (request.acks() == NO_ACKS) {
            return null;
        }
        // As in Apache Kafka, a refusal for want of rights says no more than its code.
        String message = error.error() == ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED ? null : error.getMessage();
        var response = new ProduceResponse();
        ProduceTargets targets = ProduceTargets.of(request, version);
        for (TopicProduceData topic : targets.topics()) {
            var failed = new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
            if (!topic.partitionData().isEmpty()) {
                response.responses().add(failed);
            }
            for (PartitionProduceData partition : topic.partitionData()) {
                if (targets.isTold(partition)) {
                    failed.partitionResponses()
                            .add(new PartitionProduceResponse()
                                    .setIndex(partition.index())
                                    .setErrorCode(error.error().code())
                                    .setErrorMessage(message)
                                    .setBaseOffset(-1)
                                    .setLogAppendTimeMs(-1)
                                    .setLogStartOffset(-1));
                }
            }
        }
        return response;
    }
}
