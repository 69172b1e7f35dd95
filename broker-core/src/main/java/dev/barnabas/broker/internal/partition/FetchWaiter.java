package dev.barnabas.broker.internal.partition;

/** Waits at one or more partitions for something to read. Called on a partition's lane; must not block. */
public interface FetchWaiter {

    /**
     * The partition's high watermark moved.
     *
     * @param newBytes about how many bytes of records more there are to read
     */
    void onReadable(LocalPartition partition, long newBytes);

    /** The partition went away: its topic was deleted, or its disk failed. */
    void onGone(LocalPartition partition);
}
