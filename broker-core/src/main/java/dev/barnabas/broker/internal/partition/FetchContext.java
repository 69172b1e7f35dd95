package dev.barnabas.broker.internal.partition;

import dev.barnabas.protocol.message.FetchResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fetch request's relation to a session: which partitions it is about, and which of them its response has to name.
 *
 * <pre>
 *   sessionless (epoch -1)   all, all         no session
 *   full (epoch 0)           all, all         opens one, if there is room
 *   incremental (epoch n)    those of the session, those with news
 * </pre>
 */
public final class FetchContext {

    private final FetchSessions sessions;
    private final List<FetchTarget> targets;
    private final List<FetchSession.@Nullable Entry> entries;
    private final @Nullable FetchSession session;
    private final boolean opens;
    private final boolean usesTopicIds;
    private final boolean isReplica;
    private final int nextEpoch;

    private FetchContext(
            FetchSessions sessions,
            List<FetchTarget> targets,
            List<FetchSession.@Nullable Entry> entries,
            @Nullable FetchSession session,
            boolean opens,
            boolean usesTopicIds,
            boolean isReplica,
            int nextEpoch) {
        this.sessions = sessions;
        this.targets = targets;
        this.entries = entries;
        this.session = session;
        this.opens = opens;
        this.usesTopicIds = usesTopicIds;
        this.isReplica = isReplica;
        this.nextEpoch = nextEpoch;
    }

    static FetchContext sessionless(FetchSessions sessions, List<FetchTarget> targets) {
        return new FetchContext(sessions, targets, List.of(), null, false, false, false, 0);
    }

    static FetchContext opening(
            FetchSessions sessions, List<FetchTarget> targets, boolean usesTopicIds, boolean isReplica) {
        return new FetchContext(sessions, targets, List.of(), null, true, usesTopicIds, isReplica, 0);
    }

    /** The session is locked by the caller. */
    static FetchContext incremental(FetchSessions sessions, FetchSession session) {
        List<FetchTarget> targets = new ArrayList<>(session.entries().size());
        List<FetchSession.@Nullable Entry> entries =
                new ArrayList<>(session.entries().size());
        for (FetchSession.Entry entry : session.entries()) {
            targets.add(entry.target());
            entries.add(entry);
        }
        return new FetchContext(
                sessions,
                targets,
                entries,
                session,
                false,
                session.usesTopicIds(),
                session.isReplica(),
                session.epoch());
    }

    /** The partitions, in the order in which they are served. */
    public List<FetchTarget> targets() {
        return targets;
    }

    /** Whether the response leaves out partitions without news. */
    public boolean isIncremental() {
        return session != null;
    }

    /**
     * Whether the consumer has to be told of a partition that has neither data nor an error: always, but for an
     * incremental response whose consumer knows the offsets.
     */
    public boolean mustTell(int index, long highWatermark, long logStartOffset) {
        FetchSession.Entry entry = entry(index);
        FetchSession held = session;
        if (entry == null || held == null) {
            return true;
        }
        synchronized (held) {
            return !entry.knows(highWatermark, logStartOffset);
        }
    }

    private FetchSession.@Nullable Entry entry(int index) {
        return entries.isEmpty() ? null : entries.get(index);
    }

    /**
     * Finishes a response: remembers what it tells, and opens a session if that was asked for.
     *
     * @param told by index of {@link #targets}: what the response says of a partition; null if nothing
     * @return the session's id, 0 for none; -1 if the session has moved on, so that this response is out of date
     */
    public int complete(FetchResponse.@Nullable PartitionData[] told) {
        if (opens) {
            return sessions.open(targets, told, usesTopicIds, isReplica);
        }
        FetchSession held = session;
        if (held == null) {
            return 0;
        }
        synchronized (held) {
            if (held.epoch() != nextEpoch) {
                return -1;
            }
            List<FetchSession.Entry> served = new ArrayList<>(4);
            for (int i = 0; i < told.length; i++) {
                FetchResponse.PartitionData data = told[i];
                FetchSession.Entry entry = entry(i);
                if (data != null && entry != null) {
                    FetchSessions.remember(entry, data);
                    if (FetchSessions.sizeInBytes(data) > 0) {
                        served.add(entry);
                    }
                }
            }
            held.rotate(served);
        }
        return held.id();
    }
}
