package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.Uuid;

/**
 * Where a group goes on reading a partition.
 *
 * @param offset the next record to consume
 * @param leaderEpoch epoch of the last record consumed (KIP-320), -1 if unknown
 * @param metadata the client's own words, "" if none
 * @param commitMs wall clock of the commit, milliseconds
 * @param expireMs wall clock at which it expires because the commit said so (OffsetCommit 2-4), -1: by the broker's rule
 * @param topicId the topic it was committed for, zero if unknown
 */
record CommittedOffset(long offset, int leaderEpoch, String metadata, long commitMs, long expireMs, Uuid topicId) {

    static final long NO_EXPIRY = -1;

    /** Whether it belongs to another incarnation of the topic than {@code id}; no id matches all. */
    boolean isOfOtherTopic(Uuid id) {
        return !topicId.equals(Uuid.ZERO) && !id.equals(Uuid.ZERO) && !topicId.equals(id);
    }

    /**
     * @param sinceMs from when the broker's retention counts
     * @param retentionMs how long it is kept without an expiry of its own
     */
    boolean isExpired(long nowMs, long sinceMs, long retentionMs) {
        return expireMs == NO_EXPIRY ? nowMs - sinceMs >= retentionMs : nowMs >= expireMs;
    }
}
