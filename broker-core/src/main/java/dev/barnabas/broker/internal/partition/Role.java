package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.metadata.PartitionImage;

/**
 * What the control plane wants of a replica. Immutable.
 *
 * @param isLeader whether producers and consumers are served here
 * @param leaderEpoch grows with every change of leader
 * @param replicas how many there are, this one included
 * @param inSyncReplicas how many of them have to have a record for it to be committed, this one included
 */
record Role(boolean isLeader, int leaderEpoch, int replicas, int inSyncReplicas) {

    static Role of(PartitionImage image, int nodeId) {
        return new Role(
                image.leader() == nodeId,
                image.leaderEpoch(),
                image.replicas().size(),
                image.isr().size());
    }

    /** Whether enough replicas are in sync for {@code acks=-1}; never more are asked for than there are. */
    boolean hasInSync(int minInSyncReplicas) {
        return inSyncReplicas >= Math.min(minInSyncReplicas, replicas);
    }
}
