package dev.barnabas.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One partition of a topic.
 *
 * @param topic the topic's name
 * @param partition the partition's number, from 0
 */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {

    @Override
    public int compareTo(TopicPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    // Written out, since a record's own bootstrap costs a broker's start several milliseconds.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicPartition that && partition == that.partition && topic.equals(that.topic);
    }

    @Override
    public int hashCode() {
        return 31 * topic.hashCode() + partition;
    }

    /** The form of log lines and directory names: {@code orders-3}. */
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
