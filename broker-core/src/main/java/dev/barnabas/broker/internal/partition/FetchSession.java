package dev.barnabas.broker.internal.partition;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a consumer fetches again and again, so that it names only what changes (KIP-227). Guarded by itself: a client's
 * requests come one after the other on one connection, so nobody ever waits.
 */
public final class FetchSession {

    private final int id;
    private final boolean usesTopicIds;
    private final Map<Key, Entry> partitions = new LinkedHashMap<>();
    private int epoch = 1;
    private long lastUsedNanos;

    FetchSession(int id, boolean usesTopicIds, long nanos) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.lastUsedNanos = nanos;
    }

    public int id() {
        return id;
    }

    synchronized int size() {
        return partitions.size();
    }

    synchronized long lastUsedNanos() {
        return lastUsedNanos;
    }

    /** Remembers the partitions of the request that opened the session, and what each was answered. */
    synchronized void open(List<FetchTarget> targets, List<PartitionData> answers) {
        for (int i = 0; i < targets.size(); i++) {
            Entry entry = new Entry(targets.get(i));
            entry.answered(answers.get(i));
            partitions.put(Key.of(targets.get(i)), entry);
        }
    }

    /**
     * Merges a request into the session.
     *
     * @param named the partitions that the request names
     * @return NONE, INVALID_FETCH_SESSION_EPOCH or FETCH_SESSION_TOPIC_ID_ERROR
     */
    synchronized ErrorCode merge(FetchRequest request, boolean topicIds, List<FetchTarget> named, long nanos) {
        if (request.sessionEpoch() != epoch) {
            return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
        }
        if (topicIds != usesTopicIds) {
            return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
        }
        lastUsedNanos = nanos;
        epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
        for (FetchTarget target : named) {
            partitions.compute(
                    Key.of(target), (key, entry) -> entry == null ? new Entry(target) : entry.update(target));
        }
        for (var topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                partitions.remove(new Key(topic.topic(), topic.topicId(), partition));
            }
        }
        return ErrorCode.NONE;
    }

    /** Everything that the session fetches, in the order to be served. */
    synchronized List<FetchTarget> targets() {
        List<FetchTarget> targets = new ArrayList<>(partitions.size());
        for (Entry entry : partitions.values()) {
            targets.add(entry.target);
        }
        return targets;
    }

    /**
     * Which of the answers the client must be told: those with data, an error, or a changed high watermark or log start.
     * What carried data goes to the end of the order, so that no partition starves the others.
     *
     * @return for each answer, whether to include it
     */
    public synchronized boolean[] changed(List<FetchTarget> targets, List<PartitionData> answers) {
        boolean[] changed = new boolean[targets.size()];
        for (int i = 0; i < changed.length; i++) {
            Key key = Key.of(targets.get(i));
            Entry entry = partitions.get(key);
            if (entry == null) {
                continue;
            }
            PartitionData answer = answers.get(i);
            changed[i] = entry.answered(answer);
            if (FetchTarget.bytes(answer) > 0) {
                partitions.remove(key);
                partitions.put(key, entry);
            }
        }
        return changed;
    }

    private record Key(String topic, Uuid topicId, int partition) {
        /** By id where the session uses ids, else by name: the other one is the same for all. */
        static Key of(FetchTarget target) {
            return new Key(
                    target.requestedName(),
                    target.requestedId(),
                    target.partition().partition());
        }
    }

    /** One partition of the session, with what the client was last told. */
    private static final class Entry {
        private FetchTarget target;
        private long highWatermark = -1;
        private long logStartOffset;

        Entry(FetchTarget target) {
            this.target = target;
            this.logStartOffset = target.partition().logStartOffset();
        }

        Entry update(FetchTarget now) {
            target = now;
            logStartOffset = now.partition().logStartOffset();
            return this;
        }

        boolean answered(PartitionData answer) {
            boolean changed = FetchTarget.bytes(answer) > 0
                    || highWatermark != answer.highWatermark()
                    || logStartOffset != answer.logStartOffset()
                    || answer.preferredReadReplica() >= 0
                    || answer.divergingEpoch().epoch() >= 0
                    || answer.errorCode() != ErrorCode.NONE.code();
            logStartOffset = answer.logStartOffset();
            // After an error the partition is sent again, whatever its high watermark.
            highWatermark = answer.errorCode() == ErrorCode.NONE.code() ? answer.highWatermark() : -1;
            return changed;
        }
    }

    /** The fetch position moves with each request that names the partition; a {@link FetchPartition} is never shared. */
    @Override
    public String toString() {
        return "session " + id;
    }
}
