package dev.barnabas.broker.internal.metadata;

import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map whose successors share with it what they did not change: keys are spread over a fixed number of small
 * hash maps, and a change copies the one that it touches. Any thread.
 */
final class ShardedMap<K, V> {
    private static final int SHARDS = 256;

    private final Map<K, V>[] shards;
    private final int size;

    private ShardedMap(Map<K, V>[] shards, int size) {
        this.shards = shards;
        this.size = size;
    }

    @SuppressWarnings("unchecked")
    static <K, V> ShardedMap<K, V> empty() {
        Map<K, V>[] shards = new Map[SHARDS];
        Arrays.fill(shards, Map.of());
        return new ShardedMap<>(shards, 0);
    }

    @Nullable
    V get(K key) {
        return shards[shard(key)].get(key);
    }

    boolean containsKey(K key) {
        return get(key) != null;
    }

    int size() {
        return size;
    }

    /** The values, in no order. */
    Collection<V> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<V> iterator() {
                return new Values();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** Keys and values, in no order. */
    void forEach(java.util.function.BiConsumer<K, V> action) {
        for (Map<K, V> shard : shards) {
            shard.forEach(action);
        }
    }

    Builder<K, V> toBuilder() {
        return new Builder<>(this);
    }

    private static int shard(Object key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (SHARDS - 1);
    }

    private final class Values implements Iterator<V> {
        private int next;
        private Iterator<V> current = shards[0].values().iterator();

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && next < SHARDS - 1) {
                current = shards[++next].values().iterator();
            }
            return current.hasNext();
        }

        @Override
        public V next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return current.next();
        }
    }

    /** Collects changes for one successor. Copies nothing before the first change. One thread at a time. */
    static final class Builder<K, V> {
        private final ShardedMap<K, V> base;
        private Map<K, V> @Nullable [] shards;
        private int size;

        private Builder(ShardedMap<K, V> base) {
            this.base = base;
            this.size = base.size;
        }

        @Nullable
        V get(K key) {
            return (shards == null ? base.shards : shards)[shard(key)].get(key);
        }

        void put(K key, V value) {
            if (owned(shard(key)).put(key, value) == null) {
                size++;
            }
        }

        @Nullable
        V remove(K key) {
            if (get(key) == null) {
                return null;
            }
            size--;
            return owned(shard(key)).remove(key);
        }

        private Map<K, V> owned(int shard) {
            if (shards == null) {
                shards = base.shards.clone();
            }
            if (shards[shard] == base.shards[shard]) {
                shards[shard] = new HashMap<>(base.shards[shard]);
            }
            return shards[shard];
        }

        /** The successor; this builder is spent. */
        ShardedMap<K, V> build() {
            return shards == null ? base : new ShardedMap<>(shards, size);
        }
    }
}
