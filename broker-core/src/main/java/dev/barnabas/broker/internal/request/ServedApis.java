package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.VersionRange;
import org.jspecify.annotations.Nullable;

/**
 * The APIs that a broker serves, and the versions of each: what ApiVersions answers, and what the {@link HandlerTable} has
 * handlers of. Apart from the handlers, so that a start loads none of them.
 */
public final class ServedApis {

    private static final @Nullable VersionRange[] VERSIONS = new VersionRange[ApiKey.values().length];

    static {
        serve(ApiKey.PRODUCE, 0, 13);
        serve(ApiKey.FETCH, 0, 18);
        serve(ApiKey.LIST_OFFSETS, 0, 11);
        serve(ApiKey.METADATA, 0, 13);
        serve(ApiKey.OFFSET_COMMIT, 0, 10);
        serve(ApiKey.OFFSET_FETCH, 0, 10);
        serve(ApiKey.FIND_COORDINATOR, 0, 6);
        serve(ApiKey.JOIN_GROUP, 0, 9);
        serve(ApiKey.HEARTBEAT, 0, 4);
        serve(ApiKey.LEAVE_GROUP, 0, 5);
        serve(ApiKey.SYNC_GROUP, 0, 5);
        serve(ApiKey.DESCRIBE_GROUPS, 0, 6);
        serve(ApiKey.LIST_GROUPS, 0, 5);
        serve(ApiKey.API_VERSIONS, 0, 5);
        serve(ApiKey.CREATE_TOPICS, 0, 7);
        serve(ApiKey.DELETE_TOPICS, 0, 6);
        serve(ApiKey.DELETE_RECORDS, 0, 2);
        serve(ApiKey.INIT_PRODUCER_ID, 0, 5);
        serve(ApiKey.OFFSET_FOR_LEADER_EPOCH, 0, 4);
        serve(ApiKey.DESCRIBE_CONFIGS, 0, 4);
        serve(ApiKey.ALTER_CONFIGS, 0, 2);
        serve(ApiKey.DESCRIBE_LOG_DIRS, 0, 5);
        serve(ApiKey.CREATE_PARTITIONS, 0, 3);
        serve(ApiKey.DELETE_GROUPS, 0, 3);
        serve(ApiKey.ELECT_LEADERS, 0, 2);
        serve(ApiKey.INCREMENTAL_ALTER_CONFIGS, 0, 1);
        serve(ApiKey.LIST_PARTITION_REASSIGNMENTS, 0, 0);
        serve(ApiKey.OFFSET_DELETE, 0, 0);
        serve(ApiKey.DESCRIBE_QUORUM, 0, 2);
        serve(ApiKey.UPDATE_FEATURES, 0, 2);
        serve(ApiKey.DESCRIBE_CLUSTER, 0, 2);
        serve(ApiKey.DESCRIBE_PRODUCERS, 0, 0);
        serve(ApiKey.LIST_CONFIG_RESOURCES, 0, 1);
        serve(ApiKey.DESCRIBE_TOPIC_PARTITIONS, 0, 0);
    }

    private ServedApis() {}

    private static void serve(ApiKey api, int min, int max) {
        VERSIONS[api.id()] = new VersionRange(min, max);
    }

    /** The versions served and advertised; null if the API is not served. */
    public static @Nullable VersionRange versions(ApiKey api) {
        return VERSIONS[api.id()];
    }
}
