package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.partition.PartitionService;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.VersionRange;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceRequest.PartitionProduceData;
import dev.barnabas.protocol.message.ProduceRequest.TopicProduceData;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.BatchIndexAndErrorMessage;
import dev.barnabas.protocol.message.ProduceResponse.LeaderIdAndEpoch;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.TopicProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatchValidator;
import dev.barnabas.protocol.record.RecordErrorsException;
import dev.barnabas.protocol.record.ValidatedRecords;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Produce 0-13: appends record batches to the partitions this broker leads. 0-2 bring message formats 0 and 1, 3 format
 * 2 and one batch a partition (KIP-98), 7 zstd (KIP-110), 8 errors of single records (KIP-467), 10 the current leader
 * when it is another (KIP-951), 13 topics by id (KIP-516).
 *
 * <p>Batches are validated on the I/O loop and appended on each partition's lane; the answer leaves when the last
 * partition has called back.
 */
public final class ProduceHandler implements ApiHandler<ProduceRequest> {

    private static final Logger log = LoggerFactory.getLogger(ProduceHandler.class);

    /** From here on topics are named by id. */
    private static final int TOPIC_ID_VERSION = 13;

    /** Bytes that the records of one batch may take when decompressed. */
    private static final long DECOMPRESSED_BYTES_MAX = 1L << 30;

    /** The one client that may write to internal topics, as Apache Kafka has it. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private final PartitionService partitions;
    private final MetadataCache metadata;
    private final Clock clock;

    private final FastThreadLocal<RecordBatchValidator> validators = new FastThreadLocal<>() {
        @Override
        protected RecordBatchValidator initialValue() {
            return new RecordBatchValidator(PooledByteBufAllocator.DEFAULT, DECOMPRESSED_BYTES_MAX);
        }
    };

    public ProduceHandler(PartitionService partitions, MetadataCache metadata, Clock clock) {
        this.partitions = partitions;
        this.metadata = metadata;
        this.clock = clock;
    }

    @Override
    public ApiKey api() {
        return ApiKey.PRODUCE;
    }

    @Override
    public VersionRange versions() {
        return new VersionRange(0, 13);
    }

    @Override
    public void handle(ProduceRequest request, RequestContext context) {
        var append = new Append(request, context);
        if (request.acks() < -1 || request.acks() > 1) {
            append.failAll(new ApiException(
                    ErrorCode.INVALID_REQUIRED_ACKS, "acks: " + request.acks() + " (expected: -1, 0, 1)"));
        } else if (request.transactionalId() != null) {
            append.failAll(new ApiException(
                    ErrorCode.INVALID_TXN_STATE,
                    "transactional.id: set (expected: none, transactions are not served)"));
        } else {
            append.start();
        }
    }

    @Override
    public @Nullable ProduceResponse failed(ProduceRequest request, int version, ApiException error) {
        if (request.acks() == 0) {
            return null;
        }
        var response = new ProduceResponse();
        for (TopicProduceData topic : request.topicData()) {
            var failedTopic = new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
            for (PartitionProduceData partition : topic.partitionData()) {
                failedTopic.partitionResponses().add(failure(partition.index(), error));
            }
            response.responses().add(failedTopic);
        }
        return response;
    }

    private static PartitionProduceResponse failure(int index, ApiException error) {
        var response = new PartitionProduceResponse()
                .setIndex(index)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.getMessage())
                .setBaseOffset(-1)
                .setLogAppendTimeMs(RecordBatch.NO_TIMESTAMP)
                .setLogStartOffset(-1);
        if (error instanceof RecordErrorsException errors) {
            for (var record : errors.recordErrors()) {
                response.recordErrors()
                        .add(new BatchIndexAndErrorMessage()
                                .setBatchIndex(record.batchIndex())
                                .setBatchIndexErrorMessage(record.message()));
            }
        }
        return response;
    }

    private static PartitionProduceResponse success(int index, AppendResult result) {
        return new PartitionProduceResponse()
                .setIndex(index)
                .setBaseOffset(result.firstOffset())
                .setLogAppendTimeMs(result.logAppendTimeMs())
                .setLogStartOffset(result.logStartOffset());
    }

    /** One request on its way through its partitions. Each partition fills its own slot; the last one answers. */
    private final class Append {
        private final ProduceRequest request;
        private final RequestContext context;
        private final MetadataImage image = metadata.image();
        private final ProduceResponse response = new ProduceResponse();
        private final AtomicInteger missing;
        private volatile @Nullable ApiException firstError;

        Append(ProduceRequest request, RequestContext context) {
            this.request = request;
            this.context = context;
            int count = 1;
            for (TopicProduceData topic : request.topicData()) {
                count += topic.partitionData().size();
            }
            this.missing = new AtomicInteger(count);
        }

        void start() {
            for (TopicProduceData topic : request.topicData()) {
                var topicResponse = answerFor(topic);
                @Nullable TopicImage known = find(topic);
                for (int i = 0; i < topic.partitionData().size(); i++) {
                    append(topic, known, topic.partitionData().get(i), topicResponse.partitionResponses(), i);
                }
            }
            arrived();
        }

        void failAll(ApiException error) {
            for (TopicProduceData topic : request.topicData()) {
                var answers = answerFor(topic).partitionResponses();
                for (int i = 0; i < topic.partitionData().size(); i++) {
                    fail(answers, i, topic.partitionData().get(i).index(), error);
                }
            }
            arrived();
        }

        private TopicProduceResponse answerFor(TopicProduceData topic) {
            int count = topic.partitionData().size();
            var answers = new ArrayList<PartitionProduceResponse>(count);
            for (int i = 0; i < count; i++) {
                answers.add(null);
            }
            var answer = new TopicProduceResponse()
                    .setName(topic.name())
                    .setTopicId(topic.topicId())
                    .setPartitionResponses(answers);
            response.responses().add(answer);
            return answer;
        }

        private @Nullable TopicImage find(TopicProduceData topic) {
            return context.version() >= TOPIC_ID_VERSION ? image.topic(topic.topicId()) : image.topic(topic.name());
        }

        private void append(
                TopicProduceData topic,
                @Nullable TopicImage known,
                PartitionProduceData data,
                List<PartitionProduceResponse> answers,
                int slot) {
            ValidatedRecords validated;
            LocalPartition partition;
            try {
                partition = leader(topic, known, data.index());
                validated = validate(partition, data);
            } catch (ApiException e) {
                answers.set(slot, leaderHint(failure(data.index(), e), known));
                failed(e);
                return;
            }
            if (validated.isEmpty()) {
                answer(answers, slot, new PartitionProduceResponse().setIndex(data.index()));
                return;
            }
            partition
                    .lane()
                    .execute(() -> partition.append(
                            validated.records(),
                            AppendOrigin.CLIENT,
                            request.acks(),
                            request.timeoutMs(),
                            (result, error) -> {
                                validated.release();
                                if (result != null) {
                                    answer(answers, slot, success(data.index(), result));
                                } else if (error != null) {
                                    fail(answers, slot, data.index(), error);
                                }
                            }));
        }

        private LocalPartition leader(TopicProduceData topic, @Nullable TopicImage known, int index) {
            if (known == null) {
                throw context.version() >= TOPIC_ID_VERSION
                        ? new ApiException(ErrorCode.UNKNOWN_TOPIC_ID, "topic id: " + topic.topicId() + " is unknown")
                        : new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, topic.name() + " does not exist");
            }
            if (known.internal() && !ADMIN_CLIENT_ID.equals(context.clientId())) {
                throw new ApiException(
                        ErrorCode.INVALID_TOPIC_EXCEPTION, known.name() + " is written by the broker only");
            }
            return partitions.leader(new TopicPartition(known.name(), index));
        }

        private ValidatedRecords validate(LocalPartition partition, PartitionProduceData data) {
            if (!(data.records() instanceof ByteBufRecords records)) {
                throw new ApiException(ErrorCode.INVALID_RECORD, "records: null (expected: a record batch)");
            }
            ByteBuf bytes = records.buffer();
            ValidatedRecords validated =
                    validators.get().validate(bytes, context.version(), partition.validation(), clock.wallMs());
            if (!validated.isEmpty() && isTransactional(validated.records())) {
                validated.release();
                throw new ApiException(
                        ErrorCode.INVALID_TXN_STATE, "batch: transactional (expected: none, no transaction is open)");
            }
            return validated;
        }

        private void answer(List<PartitionProduceResponse> answers, int slot, PartitionProduceResponse answer) {
            answers.set(slot, answer);
            arrived();
        }

        private void fail(List<PartitionProduceResponse> answers, int slot, int index, ApiException error) {
            answers.set(slot, failure(index, error));
            failed(error);
        }

        private void failed(ApiException error) {
            log.debug(
                    "Produce refused client={} error={} reason={}",
                    context.clientId(),
                    error.error(),
                    error.getMessage());
            firstError = error;
            arrived();
        }

        private void arrived() {
            if (missing.decrementAndGet() == 0) {
                finish();
            }
        }

        private void finish() {
            ApiException error = firstError;
            if (request.acks() != 0) {
                context.respond(response);
            } else if (error == null) {
                context.respondNothing();
            } else {
                context.closeConnection("produce with acks=0 failed: " + error.getMessage());
            }
        }
    }

    private static boolean isTransactional(ByteBuf batch) {
        return new RecordBatch().wrap(batch, batch.readerIndex()).isTransactional();
    }

    /** Tells who leads the partition, if it is another broker (KIP-951). */
    private static PartitionProduceResponse leaderHint(PartitionProduceResponse refused, @Nullable TopicImage topic) {
        var partition = topic == null ? null : topic.partition(refused.index());
        if (partition != null && refused.errorCode() == ErrorCode.NOT_LEADER_OR_FOLLOWER.code()) {
            refused.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(partition.leader()).setLeaderEpoch(partition.leaderEpoch()));
        }
        return refused;
    }
}
