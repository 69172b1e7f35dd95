package dev.barnabas.broker.internal.group;

/**
 * One shard's part of the {@link GroupMemory}. What a shard holds is counted where it is kept, by {@link Groups},
 * {@link ClassicGroup} and {@link OffsetStore}, whether it fits in or not: what is on the disk is loaded. Whoever decides on
 * a request reserves what it may add before, and gives that back once it is kept. Lane only.
 */
final class ShardMemory {

    private final GroupMemory all;
    private long bytes;
    private boolean closed;

    ShardMemory(GroupMemory all) {
        this.all = all;
    }

    /** Counts what is kept now, or with a negative number is not any more. */
    void add(long change) {
        if (!closed) {
            bytes += change;
            all.add(change);
        }
    }

    /**
     * Returns false if there is no room for {@code growth} more bytes of {@code group}. What does not grow has room always.
     */
    boolean reserve(long growth, String group) {
        if (growth <= 0 || closed) {
            return true;
        }
        boolean reserved = all.reserve(growth, group);
        bytes += reserved ? growth : 0;
        return reserved;
    }

    /** Gives back what {@link #reserve} was asked for and had room for. */
    void release(long growth) {
        if (growth > 0) {
            add(-growth);
        }
    }

    /** Gives back everything; nothing counts from now on. */
    void close() {
        add(-bytes);
        closed = true;
    }
}
