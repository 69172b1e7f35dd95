package dev.barnabas.broker.internal.partition;

import dev.barnabas.protocol.Uuid;

/**
 * What a consumer wants of one partition. Immutable, so that a fetch session and the requests under way share it.
 *
 * @param topic the name; empty if the request names topics by id
 * @param topicId {@link Uuid#ZERO} if the request names topics by name
 * @param maxBytes limit for this partition
 * @param currentLeaderEpoch what the consumer takes for the leader's epoch, -1 if it does not say
 * @param lastFetchedEpoch epoch of the last record the consumer has, -1 if it does not say (KIP-595)
 */
public record FetchTarget(
        String topic,
        Uuid topicId,
        int partition,
        long fetchOffset,
        int maxBytes,
        int currentLeaderEpoch,
        int lastFetchedEpoch) {}
