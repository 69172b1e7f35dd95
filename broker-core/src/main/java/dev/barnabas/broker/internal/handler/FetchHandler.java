package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.partition.FetchContext;
import dev.barnabas.broker.internal.partition.FetchIsolation;
import dev.barnabas.broker.internal.partition.FetchSessions;
import dev.barnabas.broker.internal.partition.HostedPartitions;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchResponse;
import io.netty.buffer.ByteBufAllocator;

/**
 * Fetch 0 to 18: reads batches of the named partitions, or waits until there are enough.
 *
 * <p>Sessions from 7 on (KIP-227), {@code read_committed} from 4, leader epochs from 9 (KIP-320), diverging epochs from
 * 12 (KIP-595), topic ids from 13 (KIP-516), the right leader's address from 16 (KIP-951). Up to 3 the batches are
 * converted to message formats 0 and 1. Up to 2, limits hold even for the first batch.
 */
public final class FetchHandler implements ApiHandler<FetchRequest> {

    private static final int WAIT_LANES = 16;
    private static final int FIRST_MAX_BYTES_VERSION = 3;
    private static final int FIRST_TOPIC_ID_VERSION = 13;
    private static final int FIRST_REPLICA_STATE_VERSION = 15;

    /** Bytes to convert for one answer, unless the first batch has more: what is converted lies in memory. */
    private static final int CONVERTED_BYTES_MAX = 1 << 20;

    private static final byte READ_UNCOMMITTED = 0;
    private static final byte READ_COMMITTED = 1;

    /** A consumer that is to see what is not committed; for debugging. */
    private static final int DEBUGGING_CONSUMER = -2;

    private final HostedPartitions partitions;
    private final FetchSessions sessions;
    private final MetadataCache metadata;
    private final Configs configs;
    private final Timers timers;
    private final Lane[] waits = new Lane[WAIT_LANES];
    private final RecordAdapter records;

    /**
     * @param lanes where waiting ends when its time is up
     * @param allocator of records that have to be converted
     */
    public FetchHandler(
            HostedPartitions partitions,
            FetchSessions sessions,
            MetadataCache metadata,
            Configs configs,
            Timers timers,
            Lanes lanes,
            ByteBufAllocator allocator) {
        this.partitions = partitions;
        this.sessions = sessions;
        this.metadata = metadata;
        this.configs = configs;
        this.timers = timers;
        for (int i = 0; i < WAIT_LANES; i++) {
            waits[i] = lanes.lane("fetch waits " + i);
        }
        this.records = new RecordAdapter(allocator);
    }

    @Override
    public void handle(FetchRequest request, RequestContext context) {
        int version = context.version();
        int replicaId =
                version >= FIRST_REPLICA_STATE_VERSION ? request.replicaState().replicaId() : request.replicaId();
        FetchIsolation isolation = isolation(request, replicaId);
        FetchContext fetch;
        try {
            fetch = sessions.begin(request, version, replicaId >= 0);
        } catch (ApiException e) {
            context.respond(new FetchResponse().setErrorCode(e.error().code()));
            return;
        }
        int requestMaxBytes = version >= FIRST_MAX_BYTES_VERSION ? request.maxBytes() : Integer.MAX_VALUE;
        int maxBytes = Math.min(requestMaxBytes, configs.brokerInt("fetch.max.bytes"));
        if (RecordAdapter.converts(version)) {
            maxBytes = Math.min(maxBytes, CONVERTED_BYTES_MAX);
        }
        new FetchOperation(this, context, fetch, isolation, replicaId, maxBytes)
                .start(request.maxWaitMs(), Math.min(request.minBytes(), maxBytes));
    }

    private static FetchIsolation isolation(FetchRequest request, int replicaId) {
        if (replicaId >= 0 || replicaId == DEBUGGING_CONSUMER) {
            return FetchIsolation.LOG_END;
        }
        return switch (request.isolationLevel()) {
            case READ_UNCOMMITTED -> FetchIsolation.HIGH_WATERMARK;
            case READ_COMMITTED -> FetchIsolation.COMMITTED;
            default ->
                throw new ApiException(
                        ErrorCode.UNKNOWN_SERVER_ERROR,
                        "isolation level: " + request.isolationLevel() + " (expected: 0, 1)");
        };
    }

    HostedPartitions partitions() {
        return partitions;
    }

    MetadataCache metadata() {
        return metadata;
    }

    RecordAdapter records() {
        return records;
    }

    /** Ends a wait after {@code waitMs}; the waits of many connections keep out of each other's way. */
    Timers.Timer after(int waitMs, RequestContext context, Runnable task) {
        return timers.schedule(waits[(int) (context.connectionId() % WAIT_LANES)], waitMs, task);
    }

    @Override
    public FetchResponse failed(FetchRequest request, int version, ApiException error) {
        var response = new FetchResponse().setErrorCode(error.error().code());
        if (version < FIRST_TOPIC_ID_VERSION) {
            for (var topic : request.topics()) {
                var failed = new FetchResponse.FetchableTopicResponse().setTopic(topic.topic());
                response.responses().add(failed);
                topic.partitions().forEach(partition -> failed.partitions()
                        .add(FetchOperation.failure(partition.partition(), error.error())));
            }
        }
        return response;
    }
}
