package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.Uuid;
import java.util.List;

/**
 * One partition as the control plane sees it.
 *
 * @param index 0 and up
 * @param replicas broker ids in order of preference
 * @param isr in-sync replicas
 * @param directories log directory ids, one a replica
 * @param leader broker id, -1 if none
 * @param leaderEpoch grows with every change of leader; never goes back for a topic id
 * @param partitionEpoch grows with every change
 */
public record PartitionImage(
        int index,
        List<Integer> replicas,
        List<Integer> isr,
        List<Uuid> directories,
        int leader,
        int leaderEpoch,
        int partitionEpoch) {}
