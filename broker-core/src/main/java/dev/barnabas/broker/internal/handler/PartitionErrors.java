package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.BrokerImage;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** How a client on one listener finds a partition: brokers without that listener do not exist for it. */
final class PartitionErrors {

    private static final int NO_LEADER = -1;

    private PartitionErrors() {}

    /** @param listenerNotFound whether the client knows LISTENER_NOT_FOUND (Metadata since version 6) */
    static ErrorCode of(MetadataImage image, PartitionImage partition, String listener, boolean listenerNotFound) {
        BrokerImage leader = image.brokers().get(partition.leader());
        if (leader == null) {
            return ErrorCode.LEADER_NOT_AVAILABLE;
        }
        if (!leader.endpoints().containsKey(listener)) {
            return listenerNotFound ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.LEADER_NOT_AVAILABLE;
        }
        return ErrorCode.NONE;
    }

    /** The leader's id; -1 if there is none or the client cannot reach it. */
    static int reachableLeader(MetadataImage image, PartitionImage partition, String listener) {
        return isReachable(image, partition.leader(), listener) ? partition.leader() : NO_LEADER;
    }

    static List<Integer> offlineReplicas(MetadataImage image, PartitionImage partition, String listener) {
        List<Integer> offline = List.of();
        for (int replica : partition.replicas()) {
            if (!isReachable(image, replica, listener)) {
                offline = offline.isEmpty() ? new ArrayList<>() : offline;
                offline.add(replica);
            }
        }
        return offline;
    }

    private static boolean isReachable(MetadataImage image, int brokerId, String listener) {
        BrokerImage broker = image.brokers().get(brokerId);
        return broker != null && broker.endpoints().containsKey(listener);
    }
}
