package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of all connections, at most {@code max.incremental.fetch.session.cache.slots}. When all slots are
 * taken, one that was idle for two minutes makes room; if there is none, the client gets no session, which is legal.
 * Any thread.
 */
public final class FetchSessions {

    /** A session that was used since then is not evicted. */
    private static final long EVICTION_NANOS = 120_000_000_000L;

    /** The epoch of a request that opens a session. */
    private static final int INITIAL_EPOCH = 0;

    /** The epoch of a request that wants none, or closes the one it names. */
    private static final int FINAL_EPOCH = -1;

    private final Configs configs;
    private final Clock clock;
    private final ConcurrentHashMap<Integer, FetchSession> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger nextId = new AtomicInteger();

    public FetchSessions(Configs configs, Clock clock) {
        this.configs = configs;
        this.clock = clock;
    }

    /**
     * What a request means in terms of sessions.
     *
     * @param session the session it goes on with; null if it is full
     * @param error NONE or the top-level error to answer with
     * @param opens whether it asks for a new session
     */
    public record Context(@Nullable FetchSession session, ErrorCode error, boolean opens, List<FetchTarget> targets) {}

    /** Resolves a request; closes the session that it closes. */
    public Context resolve(FetchRequest request, boolean topicIds, List<FetchTarget> named) {
        int id = request.sessionId();
        int epoch = request.sessionEpoch();
        if (epoch == INITIAL_EPOCH || epoch == FINAL_EPOCH) {
            if (id != 0) {
                sessions.remove(id);
            }
            return new Context(null, ErrorCode.NONE, epoch == INITIAL_EPOCH, named);
        }
        FetchSession session = sessions.get(id);
        if (session == null) {
            return new Context(null, ErrorCode.FETCH_SESSION_ID_NOT_FOUND, false, List.of());
        }
        ErrorCode error = session.merge(request, topicIds, named, clock.nanos());
        if (error != ErrorCode.NONE) {
            return new Context(null, error, false, List.of());
        }
        List<FetchTarget> targets = session.targets();
        if (targets.isEmpty()) {
            sessions.remove(id);
            return new Context(null, ErrorCode.NONE, false, targets);
        }
        return new Context(session, ErrorCode.NONE, false, targets);
    }

    /** Opens a session after its first answer. Returns its id, or 0 if there is no room or nothing to remember. */
    public int open(List<FetchTarget> targets, List<PartitionData> answers, boolean topicIds) {
        if (targets.isEmpty() || !makeRoom()) {
            return 0;
        }
        while (true) {
            int id = nextId.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
            var session = new FetchSession(id, topicIds, clock.nanos());
            session.open(targets, answers);
            if (sessions.putIfAbsent(id, session) == null) {
                return id;
            }
        }
    }

    private boolean makeRoom() {
        if (sessions.size() < configs.brokerInt("max.incremental.fetch.session.cache.slots")) {
            return true;
        }
        FetchSession oldest = null;
        for (FetchSession session : sessions.values()) {
            if (oldest == null || session.lastUsedNanos() - oldest.lastUsedNanos() < 0) {
                oldest = session;
            }
        }
        return oldest != null
                && clock.nanos() - oldest.lastUsedNanos() > EVICTION_NANOS
                && sessions.remove(oldest.id(), oldest);
    }
}
