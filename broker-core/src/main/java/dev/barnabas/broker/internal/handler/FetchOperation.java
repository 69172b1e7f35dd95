package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.partition.FetchContext;
import dev.barnabas.broker.internal.partition.FetchIsolation;
import dev.barnabas.broker.internal.partition.FetchTarget;
import dev.barnabas.broker.internal.partition.HostedTopic;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.partition.PartitionWatcher;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FetchResponse.FetchableTopicResponse;
import dev.barnabas.protocol.message.FetchResponse.LeaderIdAndEpoch;
import dev.barnabas.protocol.message.FetchResponse.NodeEndpoint;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.EpochEndOffset;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.ReadResult;
import dev.barnabas.storage.RecordSlice;
import dev.barnabas.storage.StorageException;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fetch on its way.
 *
 * <pre>
 *   READING: one partition after the other, each on its lane, in order, as the byte limits run through them
 *      | enough bytes, an error, a diverging epoch, or no time to wait -----> ANSWERED
 *      v
 *   WAITING: watches every partition; one that changes is read again, the others are not
 *      | enough bytes, an error, the time is up, or memory is short --------> ANSWERED
 *      | the client has gone ------------------------------------------------> ANSWERED, with nothing
 * </pre>
 *
 * A partition whose offsets show that it has nothing for this consumer is not even entered. While reading, whoever runs
 * the present step owns the operation; from then on its fields are guarded by itself, and never held while another lane
 * or the response is called.
 */
final class FetchOperation implements Runnable {
    private static final Logger logger = LoggerFactory.getLogger(FetchOperation.class);

    static final Records NO_RECORDS = new ByteBufRecords(Unpooled.EMPTY_BUFFER);
    private static final int LAST_VERSION_WITHOUT_STORAGE_ERROR = 5;
    private static final int FIRST_HINT_VERSION = 16;

    private static final int STEP_OPEN = 0;
    private static final int STEP_DONE = 1;
    private static final int STEP_LEFT = 2;

    private final FetchHandler handler;
    private final RequestContext context;
    private final FetchContext fetch;
    private final FetchIsolation isolation;
    private final int replicaId;
    private final int maxBytes;
    private final List<FetchTarget> targets;

    /** By target; null where it is not served here. */
    private final @Nullable LocalPartition[] partitions;

    /** By target; null where there is nothing to say but the offsets. */
    private final @Nullable PartitionData[] results;

    private int maxWaitMs;
    private int minBytes;
    private int bytes;
    private boolean isUrgent;
    private boolean answered;
    private Timers.@Nullable Timer timer;

    private int current;
    private final AtomicInteger step = new AtomicInteger();

    FetchOperation(
            FetchHandler handler,
            RequestContext context,
            FetchContext fetch,
            FetchIsolation isolation,
            int replicaId,
            int maxBytes) {
        this.handler = handler;
        this.context = context;
        this.fetch = fetch;
        this.isolation = isolation;
        this.replicaId = replicaId;
        this.maxBytes = maxBytes;
        this.targets = fetch.targets();
        this.partitions = new LocalPartition[targets.size()];
        this.results = new PartitionData[targets.size()];
    }

    void start(int maxWaitMs, int minBytes) {
        this.maxWaitMs = maxWaitMs;
        this.minBytes = minBytes;
        readOn();
    }

    // ---- reading

    /** Reads from {@link #current} on, as far as lanes are free; the lane of the first that is not goes on from there. */
    private void readOn() {
        while (current < results.length) {
            LocalPartition partition = locate(current);
            if (partition != null && mayHaveNews(current, partition)) {
                step.set(STEP_OPEN);
                partition.lane().execute(this);
                if (step.compareAndSet(STEP_OPEN, STEP_LEFT)) {
                    return;
                }
            }
            current++;
        }
        onRead();
    }

    /** The step that reads {@link #current}, on its partition's lane. */
    @Override
    public void run() {
        LocalPartition partition = partitions[current];
        if (partition != null) {
            put(current, read(current, partition, maxBytes - bytes, bytes == 0));
        }
        if (!step.compareAndSet(STEP_OPEN, STEP_DONE)) {
            current++;
            readOn();
        }
    }

    private @Nullable LocalPartition locate(int index) {
        FetchTarget target = targets.get(index);
        try {
            LocalPartition partition = find(target);
            partition.requireServing(target.currentLeaderEpoch());
            if (replicaId >= 0) {
                throw new ApiException(
                        ErrorCode.NOT_LEADER_OR_FOLLOWER,
                        "replica: " + replicaId + " (expected: one of the partition)");
            }
            partitions[index] = partition;
            return partition;
        } catch (ApiException e) {
            put(index, failure(target.partition(), e.error()));
            return null;
        }
    }

    private LocalPartition find(FetchTarget target) {
        var hosted = handler.partitions();
        if (!target.topic().isEmpty()) {
            return hosted.hosted(hosted.topic(target.topic()), target.topic(), target.partition());
        }
        HostedTopic topic = hosted.topic(target.topicId());
        if (topic != null) {
            return hosted.hosted(topic, topic.name(), target.partition());
        }
        var known = handler.metadata().image().topic(target.topicId());
        if (known == null) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_TOPIC_ID, "topic id: " + target.topicId() + " (expected: that of a topic)");
        }
        return hosted.hosted(null, known.name(), target.partition());
    }

    /** False if a look at the offsets shows that reading would give nothing. Any thread. */
    private boolean mayHaveNews(int index, LocalPartition partition) {
        FetchTarget target = targets.get(index);
        PartitionLog log = partition.log();
        long offset = target.fetchOffset();
        return offset < partition.readableOffset(isolation)
                || offset > log.logEndOffset()
                || offset < log.logStartOffset()
                || (target.lastFetchedEpoch() >= 0 && target.lastFetchedEpoch() != partition.leaderEpoch());
    }

    /** On the partition's lane. Null if there is nothing to say but the offsets. */
    private @Nullable PartitionData read(int index, LocalPartition partition, int budget, boolean minOneBatch) {
        FetchTarget target = targets.get(index);
        try {
            partition.requireServing(target.currentLeaderEpoch());
            PartitionLog log = partition.log();
            EpochEndOffset diverging = diverging(target, partition);
            if (diverging != null) {
                PartitionData data = offsets(target, log);
                data.divergingEpoch().setEpoch(diverging.epoch()).setEndOffset(diverging.endOffset());
                return data;
            }
            long upper = partition.readableOffset(isolation);
            int limit = Math.max(0, Math.min(target.maxBytes(), budget));
            ReadResult read = log.read(target.fetchOffset(), limit, upper, minOneBatch);
            if (read.records().sizeInBytes() == 0) {
                read.records().release();
                return null;
            }
            PartitionData data = offsets(target, log).setRecords(read.records());
            if (isolation == FetchIsolation.COMMITTED) {
                data.setAbortedTransactions(aborted(log.abortedTransactions(target.fetchOffset(), upper)));
            }
            return data;
        } catch (StorageException e) {
            partition.storageFailed(e);
            return failure(target.partition(), e.error()).setAbortedTransactions(null);
        } catch (ApiException e) {
            return failure(target.partition(), e.error()).setAbortedTransactions(null);
        } catch (RuntimeException | Error bug) {
            logger.error("Partition cannot be read partition={}", partition, bug);
            return failure(target.partition(), ErrorCode.UNKNOWN_SERVER_ERROR);
        }
    }

    private static @Nullable EpochEndOffset diverging(FetchTarget target, LocalPartition partition) {
        if (target.lastFetchedEpoch() < 0) {
            return null;
        }
        EpochEndOffset end = partition.endOffsetForEpoch(target.lastFetchedEpoch());
        if (end.epoch() < 0 || target.fetchOffset() < partition.log().logStartOffset()) {
            throw new ApiException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "last fetched epoch: " + target.lastFetchedEpoch() + " (expected: one in the log)");
        }
        return end.epoch() < target.lastFetchedEpoch() || end.endOffset() < target.fetchOffset() ? end : null;
    }

    private static List<FetchResponse.AbortedTransaction> aborted(List<AbortedTransaction> transactions) {
        List<FetchResponse.AbortedTransaction> aborted = new ArrayList<>(transactions.size());
        for (AbortedTransaction each : transactions) {
            aborted.add(new FetchResponse.AbortedTransaction()
                    .setProducerId(each.producerId())
                    .setFirstOffset(each.firstOffset()));
        }
        return aborted;
    }

    private PartitionData offsets(FetchTarget target, PartitionLog log) {
        return new PartitionData()
                .setPartitionIndex(target.partition())
                .setHighWatermark(log.highWatermark())
                .setLastStableOffset(log.lastStableOffset())
                .setLogStartOffset(log.logStartOffset())
                .setPreferredReadReplica(-1)
                .setAbortedTransactions(isolation == FetchIsolation.COMMITTED ? List.of() : null)
                .setRecords(NO_RECORDS);
    }

    static PartitionData failure(int partition, ErrorCode error) {
        boolean isUnknown = error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                || error == ErrorCode.UNKNOWN_TOPIC_ID
                || error == ErrorCode.UNKNOWN_SERVER_ERROR;
        return new PartitionData()
                .setPartitionIndex(partition)
                .setErrorCode(error.code())
                .setHighWatermark(-1)
                .setLastStableOffset(-1)
                .setLogStartOffset(-1)
                .setPreferredReadReplica(-1)
                .setAbortedTransactions(isUnknown ? List.of() : null)
                .setRecords(NO_RECORDS);
    }

    /** Keeps a partition's result, in place of an earlier one. */
    private void put(int index, @Nullable PartitionData data) {
        PartitionData before = results[index];
        if (before != null) {
            bytes -= sizeInBytes(before);
            release(before);
        }
        results[index] = data;
        if (data != null) {
            bytes += sizeInBytes(data);
            isUrgent |= data.errorCode() != ErrorCode.NONE.code() || isDiverging(data);
        }
    }

    private static boolean isDiverging(PartitionData data) {
        return data.divergingEpoch().endOffset() >= 0;
    }

    private static int sizeInBytes(PartitionData data) {
        Records records = data.records();
        return records == null ? 0 : records.sizeInBytes();
    }

    private static void release(PartitionData data) {
        if (data.records() instanceof RecordSlice slice) {
            slice.release();
        }
    }

    private boolean isEnough() {
        return isUrgent || bytes >= minBytes;
    }

    // ---- waiting

    private void onRead() {
        if (maxWaitMs <= 0 || results.length == 0 || isEnough()) {
            answered = true;
            respond();
            return;
        }
        Runnable onTimeUp = this::onTimeUp;
        synchronized (this) {
            timer = handler.after(maxWaitMs, context, onTimeUp);
        }
        context.onConnectionClosed(this::onClientGone);
        context.onHurried(onTimeUp);
        for (int i = 0; i < partitions.length; i++) {
            LocalPartition partition = partitions[i];
            if (partition != null) {
                partition.lane().execute(new Wait(i, partition));
            }
        }
    }

    /** Watches one partition; first looks whether it changed since it was read. */
    private final class Wait implements Runnable, PartitionWatcher {
        private final int index;
        private final LocalPartition partition;

        Wait(int index, LocalPartition partition) {
            this.index = index;
            this.partition = partition;
        }

        @Override
        public void run() {
            if (onChange()) {
                partition.watch(this);
            }
        }

        @Override
        public boolean onChange() {
            return reread(index, partition);
        }
    }

    /** On the partition's lane. Returns whether to go on waiting. */
    private boolean reread(int index, LocalPartition partition) {
        FetchTarget target = targets.get(index);
        int budget;
        boolean minOneBatch;
        synchronized (this) {
            if (answered) {
                return false;
            }
            PartitionData before = results[index];
            int others = bytes - (before == null ? 0 : sizeInBytes(before));
            budget = maxBytes - others;
            minOneBatch = others == 0;
        }
        if (isQuiet(index, partition, target)) {
            return true;
        }
        PartitionData data = read(index, partition, budget, minOneBatch);
        synchronized (this) {
            if (answered) {
                if (data != null) {
                    release(data);
                }
                return false;
            }
            put(index, data);
            if (!isEnough()) {
                return true;
            }
            answered = true;
        }
        respond();
        return false;
    }

    private boolean isQuiet(int index, LocalPartition partition, FetchTarget target) {
        try {
            partition.requireServing(target.currentLeaderEpoch());
            return !mayHaveNews(index, partition);
        } catch (ApiException e) {
            return false;
        }
    }

    private void onTimeUp() {
        if (claim()) {
            respond();
        }
    }

    private void onClientGone() {
        if (claim()) {
            cancelTimer();
            releaseAll();
            context.respondNothing();
        }
    }

    private void cancelTimer() {
        Timers.Timer waiting = timer;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    private void releaseAll() {
        for (PartitionData data : results) {
            if (data != null) {
                release(data);
            }
        }
    }

    /** Whether the caller is the one to answer. */
    private boolean claim() {
        synchronized (this) {
            boolean first = !answered;
            answered = true;
            return first;
        }
    }

    // ---- the answer

    /** Ends the request in any case: nobody else will, once it is answered. */
    private void respond() {
        cancelTimer();
        FetchResponse response;
        try {
            response = response();
        } catch (RuntimeException | Error bug) {
            logger.error("Fetch cannot be answered version={}", context.version(), bug);
            releaseAll();
            context.closeConnection("no response to Fetch");
            return;
        }
        context.respond(response);
    }

    private FetchResponse response() {
        int version = context.version();
        for (int i = 0; i < results.length; i++) {
            finish(i, version);
        }
        int sessionId = fetch.complete(results);
        var response = new FetchResponse();
        if (sessionId < 0) {
            response.setErrorCode(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code());
            releaseAll();
        } else {
            fill(response.setSessionId(sessionId), version);
        }
        return response;
    }

    /** Says what there is to say of a partition without data, and adapts data and errors to the client's version. */
    private void finish(int index, int version) {
        FetchTarget target = targets.get(index);
        LocalPartition partition = partitions[index];
        PartitionData data = results[index];
        if (data == null && partition != null) {
            PartitionLog log = partition.log();
            if (fetch.mustTell(index, log.highWatermark(), log.logStartOffset())) {
                results[index] = offsets(target, log);
            }
        } else if (data != null && data.records() instanceof RecordSlice slice) {
            data.setRecords(NO_RECORDS);
            try {
                data.setRecords(handler.records().adapt(slice, target.fetchOffset(), target.maxBytes(), context));
            } catch (ApiException e) {
                results[index] = failure(target.partition(), e.error());
            }
        } else if (data != null
                && version <= LAST_VERSION_WITHOUT_STORAGE_ERROR
                && data.errorCode() == ErrorCode.KAFKA_STORAGE_ERROR.code()) {
            data.setErrorCode(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        }
    }

    private void fill(FetchResponse response, int version) {
        FetchableTopicResponse topic = null;
        LeaderHints hints = null;
        for (int i = 0; i < results.length; i++) {
            PartitionData data = results[i];
            if (data == null) {
                continue;
            }
            FetchTarget target = targets.get(i);
            if (topic == null
                    || !topic.topic().equals(target.topic())
                    || !topic.topicId().equals(target.topicId())) {
                topic = new FetchableTopicResponse().setTopic(target.topic()).setTopicId(target.topicId());
                response.responses().add(topic);
            }
            topic.partitions().add(data);
            if (version >= FIRST_HINT_VERSION && isWrongLeader(data)) {
                hints = hints == null ? new LeaderHints(handler.metadata(), context.listenerName()) : hints;
                addHint(data, hints.leaderOf(target.topic(), target.topicId(), target.partition()));
            }
        }
        if (hints != null && replicaId < 0) {
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

    private static boolean isWrongLeader(PartitionData data) {
        return data.errorCode() == ErrorCode.NOT_LEADER_OR_FOLLOWER.code()
                || data.errorCode() == ErrorCode.FENCED_LEADER_EPOCH.code();
    }

    private static void addHint(PartitionData data, @Nullable PartitionImage leader) {
        if (leader != null) {
            data.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.leader()).setLeaderEpoch(leader.leaderEpoch()));
        }
    }
}
