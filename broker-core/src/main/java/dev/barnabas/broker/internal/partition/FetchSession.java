package dev.barnabas.broker.internal.partition;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer fetches, remembered between its requests, so that a request names only what changed and a response
 * carries only what is new (KIP-227). Guarded by itself.
 */
public final class FetchSession {

    private final int id;
    private final boolean usesTopicIds;
    private final boolean isReplica;
    private final long createdMs;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private volatile long lastUsedMs;
    private volatile int size;
    private int epoch = 1;

    FetchSession(int id, boolean usesTopicIds, boolean isReplica, long nowMs) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.isReplica = isReplica;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
    }

    /** What a partition is known by: a name or an id, and a number. */
    record Key(Object topic, int partition) {
        static Key of(FetchTarget target) {
            return new Key(target.topic().isEmpty() ? target.topicId() : target.topic(), target.partition());
        }
    }

    /** One partition, with what the consumer was last told about it. Guarded by the session. */
    public static final class Entry {
        private FetchTarget target;
        private long highWatermark = -1;
        private long logStartOffset = -1;

        Entry(FetchTarget target) {
            this.target = target;
        }

        public FetchTarget target() {
            return target;
        }

        /** Whether the consumer knows these offsets already. */
        boolean knows(long currentHighWatermark, long currentLogStartOffset) {
            return highWatermark == currentHighWatermark && logStartOffset == currentLogStartOffset;
        }

        void tell(long newHighWatermark, long newLogStartOffset) {
            highWatermark = newHighWatermark;
            logStartOffset = newLogStartOffset;
        }
    }

    public int id() {
        return id;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    boolean isReplica() {
        return isReplica;
    }

    long createdMs() {
        return createdMs;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    void use(long nowMs) {
        lastUsedMs = nowMs;
    }

    /** The epoch that the next request has to carry. */
    int epoch() {
        return epoch;
    }

    /** Moves to the next epoch; 0 is never used again, as it opens a session. */
    void advanceEpoch() {
        epoch = nextEpoch(epoch);
    }

    static int nextEpoch(int epoch) {
        return epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }

    /** Partitions in it. Any thread, without the lock. */
    int size() {
        return size;
    }

    void put(FetchTarget target) {
        Key key = Key.of(target);
        Entry known = entries.get(key);
        if (known == null) {
            entries.put(key, new Entry(target));
            size = entries.size();
        } else {
            known.target = target;
        }
    }

    void forget(Object topic, int partition) {
        entries.remove(new Key(topic, partition));
        size = entries.size();
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    @Nullable
    Entry entry(FetchTarget target) {
        return entries.get(Key.of(target));
    }

    /** Moves partitions that had data behind the others, so that all get their turn under the size limits. */
    void rotate(List<Entry> served) {
        for (Entry entry : served) {
            Key key = Key.of(entry.target);
            if (entries.remove(key, entry)) {
                entries.put(key, entry);
            }
        }
    }
}
