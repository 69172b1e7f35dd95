package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.record.Records;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of a broker (KIP-227), at most {@code max.incremental.fetch.session.cache.slots} of them. Any
 * thread.
 *
 * <p>When there is no free slot, a new session takes that of one unused for {@value #EVICTION_MS} ms; else that of a
 * smaller one that has lived as long; a replica's session also takes a consumer's. Otherwise none is opened, and that
 * consumer sends full requests. The same happens when all sessions together would hold more partitions than there is
 * memory for: one for every 2 KiB of the JVM's {@code -Xmx}, but at least 100,000.
 */
public final class FetchSessions {

    /** {@code min.incremental.fetch.session.eviction.ms}, a constant in Apache Kafka too. */
    static final long EVICTION_MS = 120_000;

    private static final int PARTITIONS_MAX =
            (int) Math.max(100_000, Math.min(10_000_000, Runtime.getRuntime().maxMemory() / 2048));

    private static final int FIRST_TOPIC_ID_VERSION = 13;
    private static final int OPENING_EPOCH = 0;
    private static final int FINAL_EPOCH = -1;

    private final Configs configs;
    private final Clock clock;
    private final int partitionsMax;
    private final Map<Integer, FetchSession> sessions = new ConcurrentHashMap<>();
    private final SplittableRandom random;

    public FetchSessions(Configs configs, Clock clock) {
        this(configs, clock, PARTITIONS_MAX);
    }

    FetchSessions(Configs configs, Clock clock, int partitionsMax) {
        this.configs = configs;
        this.clock = clock;
        this.partitionsMax = partitionsMax;
        this.random = new SplittableRandom(clock.nanos() ^ clock.wallMs());
    }

    /**
     * Brings a request together with its session.
     *
     * @throws ApiException FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH or FETCH_SESSION_TOPIC_ID_ERROR, for
     *     the response as a whole
     */
    public FetchContext begin(FetchRequest request, int version, boolean isReplica) {
        boolean usesTopicIds = version >= FIRST_TOPIC_ID_VERSION;
        int epoch = request.sessionEpoch();
        if (epoch == OPENING_EPOCH || epoch == FINAL_EPOCH) {
            if (request.sessionId() != 0) {
                sessions.remove(request.sessionId());
            }
            List<FetchTarget> targets = targets(request, usesTopicIds);
            return epoch == FINAL_EPOCH
                    ? FetchContext.sessionless(this, targets)
                    : FetchContext.opening(this, targets, usesTopicIds, isReplica);
        }
        FetchSession session = sessions.get(request.sessionId());
        if (session == null) {
            throw new ApiException(
                    ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
                    "fetch session: " + request.sessionId() + " (expected: an open one)");
        }
        synchronized (session) {
            return continueSession(session, request, usesTopicIds);
        }
    }

    private FetchContext continueSession(FetchSession session, FetchRequest request, boolean usesTopicIds) {
        if (session.epoch() != request.sessionEpoch()) {
            throw new ApiException(
                    ErrorCode.INVALID_FETCH_SESSION_EPOCH,
                    "fetch session epoch: " + request.sessionEpoch() + " (expected: " + session.epoch() + ")");
        }
        if (session.usesTopicIds() != usesTopicIds) {
            throw new ApiException(
                    ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR,
                    "fetch session: partitions by " + (usesTopicIds ? "topic id" : "name") + " (expected: as before)");
        }
        List<FetchTarget> changed = targets(request, usesTopicIds);
        int before = session.size();
        changed.forEach(session::put);
        for (var topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                session.forget(usesTopicIds ? topic.topicId() : topic.topic(), partition);
            }
        }
        if (session.entries().isEmpty()) {
            sessions.remove(session.id(), session);
            return FetchContext.sessionless(this, changed);
        }
        if (session.size() > before && partitions() > partitionsMax) {
            sessions.remove(session.id(), session);
            throw new ApiException(
                    ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
                    "partitions of all fetch sessions: " + partitions() + " (expected: at most " + partitionsMax + ")");
        }
        session.advanceEpoch();
        session.use(clock.wallMs());
        return FetchContext.incremental(this, session);
    }

    private static List<FetchTarget> targets(FetchRequest request, boolean usesTopicIds) {
        List<FetchTarget> targets = new ArrayList<>();
        for (var topic : request.topics()) {
            for (var partition : topic.partitions()) {
                targets.add(new FetchTarget(
                        usesTopicIds ? "" : topic.topic(),
                        topic.topicId(),
                        partition.partition(),
                        partition.fetchOffset(),
                        partition.partitionMaxBytes(),
                        partition.currentLeaderEpoch(),
                        partition.lastFetchedEpoch()));
            }
        }
        return targets.size() <= 1 ? targets : withoutRepetitions(targets);
    }

    /** Of a partition that is named twice, the last counts. */
    private static List<FetchTarget> withoutRepetitions(List<FetchTarget> targets) {
        Map<FetchSession.Key, FetchTarget> last = new LinkedHashMap<>(targets.size() * 2);
        for (FetchTarget target : targets) {
            last.put(FetchSession.Key.of(target), target);
        }
        return last.size() == targets.size() ? targets : new ArrayList<>(last.values());
    }

    /** Opens a session if there is room; returns its id, or 0. */
    synchronized int open(
            List<FetchTarget> targets,
            FetchResponse.@Nullable PartitionData[] told,
            boolean usesTopicIds,
            boolean isReplica) {
        long nowMs = clock.wallMs();
        int limit = configs.brokerInt("max.incremental.fetch.session.cache.slots");
        if (limit <= 0 || (sessions.size() >= limit && !evict(targets.size(), isReplica, nowMs))) {
            return 0;
        }
        if (partitions() + targets.size() > partitionsMax) {
            return 0;
        }
        int id;
        do {
            id = random.nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        var session = new FetchSession(id, usesTopicIds, isReplica, nowMs);
        for (int i = 0; i < targets.size(); i++) {
            session.put(targets.get(i));
            FetchSession.Entry entry = session.entry(targets.get(i));
            FetchResponse.PartitionData data = told[i];
            if (entry != null && data != null) {
                remember(entry, data);
            }
        }
        sessions.put(id, session);
        return id;
    }

    private boolean evict(int size, boolean isReplica, long nowMs) {
        FetchSession stale = least(session -> true, Comparator.comparingLong(FetchSession::lastUsedMs));
        if (stale == null) {
            return false;
        }
        if (nowMs - stale.lastUsedMs() > EVICTION_MS) {
            return sessions.remove(stale.id(), stale);
        }
        FetchSession least = least(
                session -> nowMs - session.createdMs() > EVICTION_MS || (isReplica && !session.isReplica()),
                Comparator.comparing(FetchSession::isReplica).thenComparingInt(FetchSession::size));
        if (least == null || (least.isReplica() == isReplica ? least.size() >= size : least.isReplica())) {
            return false;
        }
        return sessions.remove(least.id(), least);
    }

    private @Nullable FetchSession least(Predicate<FetchSession> evictable, Comparator<FetchSession> order) {
        return sessions.values().stream().filter(evictable).min(order).orElse(null);
    }

    /** Keeps what a response says of a partition. After an error the partition is told of again whatever happens. */
    static void remember(FetchSession.Entry entry, FetchResponse.PartitionData data) {
        boolean isError = data.errorCode() != ErrorCode.NONE.code();
        entry.tell(isError ? -1 : data.highWatermark(), data.logStartOffset());
    }

    static int sizeInBytes(FetchResponse.PartitionData data) {
        Records records = data.records();
        return records == null ? 0 : records.sizeInBytes();
    }

    /** Partitions of all sessions together, roughly while sessions change. */
    private long partitions() {
        return sessions.values().stream().mapToLong(FetchSession::size).sum();
    }

    /** Open sessions. */
    int count() {
        return sessions.size();
    }
}
