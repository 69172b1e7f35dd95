package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.exec.Timers.Timer;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.partition.FetchTarget;
import dev.barnabas.broker.internal.partition.FetchWaiter;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.partition.PartitionService;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FetchResponse.LeaderIdAndEpoch;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.protocol.record.RecordDownConverter;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.storage.EpochEndOffset;
import dev.barnabas.storage.ReadResult;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One fetch on its way through its partitions: reads each on its lane, in the order of the request, since what one takes
 * of the byte limit the next one lacks. If that brings fewer bytes than the client wants, it waits as an object, without
 * a thread, until enough was appended or the time is up, and reads once more.
 *
 * <pre>
 *   READING --enough, an error, or no wait--> answered
 *      |
 *      +--too little--> WAITING --enough appended | deadline | partition gone--> READING AGAIN --> answered
 *                          +--------------connection closed------------------> dropped
 * </pre>
 */
final class FetchPass implements FetchWaiter {

    private static final Records NO_RECORDS = new ByteBufRecords(Unpooled.EMPTY_BUFFER);

    /** Answers before this version are converted to an older message format. */
    private static final int FORMAT_2_VERSION = 4;

    /** The first version whose answer is in message format 1. */
    private static final int FORMAT_1_VERSION = 2;

    /** The first version that binds the whole answer by a byte limit, and always delivers one batch (KIP-74). */
    private static final int RESPONSE_LIMIT_VERSION = 3;

    private static final int TOPIC_ID_VERSION = 13;

    /** The first version whose client knows KAFKA_STORAGE_ERROR. */
    private static final int STORAGE_ERROR_VERSION = 6;

    /** The first version whose client knows zstd (KIP-110). */
    private static final int ZSTD_VERSION = 10;

    private static final long DECOMPRESSED_BYTES_MAX = 1L << 30;

    private final PartitionService partitions;
    private final MetadataCache metadata;
    private final Timers timers;
    private final FetchRequest request;
    private final RequestContext context;
    private final List<FetchTarget> targets;
    private final int bytesMax;

    /** Which partitions this fetch waits at, by index of its target; null where it does not. */
    private final @Nullable LocalPartition[] waitingAt;

    /** What is lacking to {@code minBytes}; appends count it down. */
    private final AtomicLong missingBytes;

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.READING);

    /** Whether the time is up or a partition is gone, noticed before the fetch waited. */
    private volatile boolean due;

    private List<PartitionData> answers = List.of();
    private int next;
    private int bytesRead;
    private boolean immediate;
    private @Nullable Timer deadline;
    private Consumer<List<PartitionData>> onAnswers = ignored -> {};

    private enum Phase {
        READING,
        WAITING,
        READING_AGAIN
    }

    FetchPass(
            PartitionService partitions,
            MetadataCache metadata,
            Timers timers,
            FetchRequest request,
            RequestContext context,
            List<FetchTarget> targets,
            int bytesMax) {
        this.partitions = partitions;
        this.metadata = metadata;
        this.timers = timers;
        this.request = request;
        this.context = context;
        this.targets = targets;
        this.bytesMax = bytesMax;
        this.waitingAt = new LocalPartition[targets.size()];
        this.missingBytes = new AtomicLong(request.minBytes());
    }

    /** @param onAnswers takes one answer for each target, in their order, once; on whichever thread brought the last */
    void run(Consumer<List<PartitionData>> onAnswers) {
        this.onAnswers = onAnswers;
        this.immediate = request.maxWaitMs() <= 0 || targets.isEmpty();
        readAll();
    }

    private void readAll() {
        answers = new ArrayList<>(targets.size());
        next = 0;
        bytesRead = 0;
        readOn();
    }

    /**
     * Reads from target {@link #next} on. A lane that is free runs the read before {@code execute} returns, and the loop
     * goes on; one that is busy runs it later, and goes on with the loop itself.
     */
    private void readOn() {
        while (next < targets.size()) {
            FetchTarget target = targets.get(next);
            LocalPartition partition;
            try {
                partition = find(target);
            } catch (ApiException e) {
                add(failure(target, e));
                continue;
            }
            var hop = new Hop();
            partition.lane().execute(() -> {
                add(readOne(partition, target, next));
                if (hop.isSecond()) {
                    readOn();
                }
            });
            if (!hop.isSecond()) {
                return;
            }
        }
        allRead();
    }

    /** Decides who goes on after a read: the loop if the read was done when it returned, else the read. */
    private static final class Hop {
        private final AtomicBoolean passed = new AtomicBoolean();

        /** Whether the other one was here before. */
        boolean isSecond() {
            return !passed.compareAndSet(false, true);
        }
    }

    private void add(PartitionData answer) {
        answers.add(answer);
        bytesRead += FetchTarget.bytes(answer);
        next++;
    }

    private LocalPartition find(FetchTarget target) {
        boolean topicIds = context.version() >= TOPIC_ID_VERSION;
        TopicImage topic = FetchHandler.resolve(metadata, target, topicIds);
        var partition = target.partition();
        LocalPartition found = partitions.leader(
                new TopicPartition(topic.name(), partition.partition()), partition.currentLeaderEpoch());
        if (topicIds && !found.topicId().equals(target.requestedId())) {
            throw new ApiException(ErrorCode.INCONSISTENT_TOPIC_ID, found + " has another topic id");
        }
        if (replicaId() >= 0) {
            throw new ApiException(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    "replica " + replicaId() + " is none of the replicas of " + found);
        }
        return found;
    }

    private int replicaId() {
        return request.replicaState().replicaId() >= 0 ? request.replicaState().replicaId() : request.replicaId();
    }

    private PartitionData readOne(LocalPartition partition, FetchTarget target, int index) {
        if (waitingAt[index] != null) {
            waitingAt[index] = null;
            partition.removeWaiter(this);
        }
        try {
            partition.checkLeader(target.partition().currentLeaderEpoch());
            PartitionData answer = read(partition, target.partition());
            if (phase.get() == Phase.READING
                    && !immediate
                    && bytesRead + FetchTarget.bytes(answer) < request.minBytes()) {
                waitingAt[index] = partition;
                partition.addWaiter(this);
            }
            return answer;
        } catch (ApiException e) {
            partition.onFailure(e);
            return failure(target, e);
        }
    }

    private PartitionData read(LocalPartition partition, FetchPartition asked) {
        var log = partition.log();
        boolean readCommitted = request.isolationLevel() == 1;
        long end = partition.readableEnd(readCommitted);
        var answer = new PartitionData()
                .setPartitionIndex(asked.partition())
                .setHighWatermark(log.highWatermark())
                .setLastStableOffset(log.lastStableOffset())
                .setLogStartOffset(log.logStartOffset())
                .setAbortedTransactions(null)
                .setRecords(NO_RECORDS);
        if (asked.lastFetchedEpoch() >= 0) {
            EpochEndOffset epoch = partition.endOffsetForEpoch(asked.lastFetchedEpoch());
            if (epoch.epoch() < 0) {
                throw new ApiException(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        partition + " epoch " + asked.lastFetchedEpoch() + " is unknown");
            }
            if (epoch.epoch() < asked.lastFetchedEpoch() || epoch.endOffset() < asked.fetchOffset()) {
                immediate = true;
                return answer.setDivergingEpoch(new FetchResponse.EpochEndOffset()
                        .setEpoch(epoch.epoch())
                        .setEndOffset(epoch.endOffset()));
            }
        }
        boolean limited = context.version() >= RESPONSE_LIMIT_VERSION;
        int limit = limited ? Math.min(asked.partitionMaxBytes(), bytesMax - bytesRead) : asked.partitionMaxBytes();
        ReadResult result = log.read(asked.fetchOffset(), Math.max(limit, 0), end, !limited || bytesRead == 0);
        answer.setRecords(forClient(result.records(), asked.fetchOffset()));
        if (readCommitted) {
            answer.setAbortedTransactions(aborted(partition, asked.fetchOffset(), result));
        }
        return answer;
    }

    private List<FetchResponse.AbortedTransaction> aborted(
            LocalPartition partition, long fetchOffset, ReadResult result) {
        List<FetchResponse.AbortedTransaction> transactions = new ArrayList<>();
        if (result.records().sizeInBytes() > 0) {
            for (var aborted : partition
                    .log()
                    .abortedTransactions(fetchOffset, partition.log().lastStableOffset())) {
                transactions.add(new FetchResponse.AbortedTransaction()
                        .setProducerId(aborted.producerId())
                        .setFirstOffset(aborted.firstOffset()));
            }
        }
        return transactions;
    }

    /** The records as this version's clients can read them. */
    private Records forClient(RecordSlice slice, long fetchOffset) {
        if (context.version() >= ZSTD_VERSION || slice.sizeInBytes() == 0) {
            return slice;
        }
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.buffer(slice.sizeInBytes());
        boolean whole = false;
        try {
            slice.writeTo(bytes);
            if (context.version() >= FORMAT_2_VERSION) {
                refuseZstd(bytes);
                whole = true;
                return slice;
            }
            byte magic = context.version() >= FORMAT_1_VERSION ? RecordBatch.MAGIC_V1 : RecordBatch.MAGIC_V0;
            try (var converter = new RecordDownConverter(PooledByteBufAllocator.DEFAULT, DECOMPRESSED_BYTES_MAX)) {
                return new ConvertedRecords(converter.convert(bytes, magic, fetchOffset));
            }
        } finally {
            bytes.release();
            if (!whole) {
                slice.release();
            }
        }
    }

    private static void refuseZstd(ByteBuf bytes) {
        var batches = new RecordBatches();
        batches.reset(bytes);
        while (batches.next()) {
            if (batches.batch().compression() == Compression.ZSTD) {
                throw new ApiException(
                        ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                        "records are compressed by zstd (expected: Fetch v10 or later)");
            }
        }
    }

    private PartitionData failure(FetchTarget target, ApiException error) {
        immediate = true;
        ErrorCode code = error.error() == ErrorCode.KAFKA_STORAGE_ERROR && context.version() < STORAGE_ERROR_VERSION
                ? ErrorCode.NOT_LEADER_OR_FOLLOWER
                : error.error();
        var answer = new PartitionData()
                .setPartitionIndex(target.partition().partition())
                .setErrorCode(code.code())
                .setHighWatermark(-1)
                .setAbortedTransactions(null)
                .setRecords(NO_RECORDS);
        if (code == ErrorCode.NOT_LEADER_OR_FOLLOWER || code == ErrorCode.FENCED_LEADER_EPOCH) {
            setLeader(answer, target);
        }
        return answer;
    }

    private void setLeader(PartitionData answer, FetchTarget target) {
        TopicImage topic = context.version() >= TOPIC_ID_VERSION
                ? metadata.image().topic(target.requestedId())
                : metadata.image().topic(target.requestedName());
        var partition = topic == null ? null : topic.partition(answer.partitionIndex());
        if (partition != null) {
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(partition.leader()).setLeaderEpoch(partition.leaderEpoch()));
        }
    }

    private void allRead() {
        if (phase.get() == Phase.READING_AGAIN || immediate || bytesRead >= request.minBytes()) {
            leaveAll();
            onAnswers.accept(answers);
            return;
        }
        releaseAnswers();
        Lane lane = anyLane();
        deadline = timers.schedule(lane, request.maxWaitMs(), this::wake);
        missingBytes.addAndGet(-bytesRead);
        phase.set(Phase.WAITING);
        context.onConnectionClosed(this::drop);
        if (due || missingBytes.get() <= 0) {
            wake();
        }
    }

    private Lane anyLane() {
        for (LocalPartition partition : waitingAt) {
            if (partition != null) {
                return partition.lane();
            }
        }
        throw new IllegalStateException("partitions waited at: 0 (expected: at least 1)");
    }

    private void releaseAnswers() {
        for (PartitionData answer : answers) {
            if (answer.records() instanceof RecordSlice slice) {
                slice.release();
            }
        }
    }

    private void leaveAll() {
        for (int i = 0; i < waitingAt.length; i++) {
            LocalPartition partition = waitingAt[i];
            if (partition != null) {
                waitingAt[i] = null;
                partition.lane().execute(() -> partition.removeWaiter(this));
            }
        }
    }

    private boolean endWait() {
        if (!phase.compareAndSet(Phase.WAITING, Phase.READING_AGAIN)) {
            return false;
        }
        Timer timer = deadline;
        if (timer != null) {
            timer.cancel();
        }
        return true;
    }

    private void wake() {
        due = true;
        if (endWait()) {
            readAll();
        }
    }

    /** The client has gone: nobody waits for the answer. */
    private void drop() {
        if (endWait()) {
            leaveAll();
        }
    }

    @Override
    public void onReadable(LocalPartition partition, long newBytes) {
        if (missingBytes.addAndGet(-newBytes) <= 0) {
            wake();
        }
    }

    @Override
    public void onGone(LocalPartition partition) {
        wake();
    }
}
