package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.config.Configs;

/**
 * The broker's properties that bear on groups, at their live values, and the limits that Kafka has no property for. Any
 * thread.
 */
final class GroupSettings {

    /** Milliseconds that a member which does not know its id yet may wait for the answer to its JoinGroup. */
    static final int NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000;

    /** Member ids of one group handed out and not used yet. */
    static final int PENDING_JOINS_MAX = 10_000;

    private final Configs configs;
    private final int groupsMax;
    private final int offsetsMax;

    GroupSettings(Configs configs, int groupsMax, int offsetsMax) {
        this.configs = configs;
        this.groupsMax = groupsMax;
        this.offsetsMax = offsetsMax;
    }

    /** Groups of one partition of the offsets topic, simple ones included. */
    int groupsMax() {
        return groupsMax;
    }

    /** Committed offsets of one group. */
    int offsetsMax() {
        return offsetsMax;
    }

    int sessionTimeoutMinMs() {
        return configs.brokerInt("group.min.session.timeout.ms");
    }

    int sessionTimeoutMaxMs() {
        return configs.brokerInt("group.max.session.timeout.ms");
    }

    int membersMax() {
        return configs.brokerInt("group.max.size");
    }

    int initialRebalanceDelayMs() {
        return configs.brokerInt("group.initial.rebalance.delay.ms");
    }

    int offsetMetadataCharsMax() {
        return configs.brokerInt("offset.metadata.max.bytes");
    }

    long offsetsRetentionMs() {
        return configs.brokerInt("offsets.retention.minutes") * 60_000L;
    }

    long offsetsRetentionCheckMs() {
        return configs.brokerLong("offsets.retention.check.interval.ms");
    }

    int commitTimeoutMs() {
        return configs.brokerInt("offsets.commit.timeout.ms");
    }

    int offsetsTopicPartitions() {
        return configs.brokerInt("offsets.topic.num.partitions");
    }
}
