package dev.barnabas.broker.internal.partition;

/** Waits for something to happen to a partition. */
@FunctionalInterface
public interface PartitionWatcher {

    /**
     * The partition's high watermark, log start, leader epoch or health has changed. On the partition's lane.
     *
     * @return whether to be told again
     */
    boolean onChange();
}
