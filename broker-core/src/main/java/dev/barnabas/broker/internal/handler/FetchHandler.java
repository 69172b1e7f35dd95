package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.partition.FetchSessions;
import dev.barnabas.broker.internal.partition.FetchTarget;
import dev.barnabas.broker.internal.partition.PartitionService;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.VersionRange;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FetchResponse.FetchableTopicResponse;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.storage.RecordSlice;
import java.util.ArrayList;
import java.util.List;

/**
 * Fetch 0-18: reads record batches from the partitions this broker leads, and waits for them. 0-1 answer in message
 * format 0, 2-3 in format 1, 4 in format 2 with aborted transactions (KIP-98), 7 sessions (KIP-227), 9 leader epochs
 * (KIP-320), 11 replicas nearby (KIP-392), 12 diverging epochs (KIP-595), 13 topics by id (KIP-516), 16 the current
 * leader when it is another (KIP-951).
 *
 * <p>Merges the session here, on the I/O loop; {@link FetchPass} reads on the partitions' lanes.
 */
public final class FetchHandler implements ApiHandler<FetchRequest> {

    /** From here on topics are named by id. */
    private static final int TOPIC_ID_VERSION = 13;

    private final PartitionService partitions;
    private final MetadataCache metadata;
    private final Configs configs;
    private final FetchSessions sessions;
    private final Timers timers;

    public FetchHandler(
            PartitionService partitions,
            MetadataCache metadata,
            Configs configs,
            FetchSessions sessions,
            Timers timers) {
        this.partitions = partitions;
        this.metadata = metadata;
        this.configs = configs;
        this.sessions = sessions;
        this.timers = timers;
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    @Override
    public VersionRange versions() {
        return new VersionRange(0, 18);
    }

    @Override
    public void handle(FetchRequest request, RequestContext context) {
        boolean topicIds = context.version() >= TOPIC_ID_VERSION;
        var session = sessions.resolve(request, topicIds, named(request));
        if (session.error() != ErrorCode.NONE) {
            context.respond(new FetchResponse().setErrorCode(session.error().code()));
            return;
        }
        int bytesMax = Math.min(request.maxBytes(), configs.brokerInt("fetch.max.bytes"));
        var pass = new FetchPass(partitions, metadata, timers, request, context, session.targets(), bytesMax);
        pass.run(answers -> context.respond(response(session, answers, topicIds)));
    }

    @Override
    public FetchResponse failed(FetchRequest request, int version, ApiException error) {
        return new FetchResponse().setErrorCode(error.error().code());
    }

    private static List<FetchTarget> named(FetchRequest request) {
        List<FetchTarget> targets = new ArrayList<>();
        for (FetchTopic topic : request.topics()) {
            for (var partition : topic.partitions()) {
                targets.add(new FetchTarget(topic.topic(), topic.topicId(), partition));
            }
        }
        return targets;
    }

    private FetchResponse response(FetchSessions.Context context, List<PartitionData> answers, boolean topicIds) {
        List<FetchTarget> targets = context.targets();
        var response = new FetchResponse();
        boolean[] changed = null;
        var session = context.session();
        if (session != null) {
            response.setSessionId(session.id());
            changed = session.changed(targets, answers);
        } else if (context.opens()) {
            response.setSessionId(sessions.open(targets, answers, topicIds));
        }
        FetchableTopicResponse topic = null;
        for (int i = 0; i < answers.size(); i++) {
            if (changed != null && !changed[i]) {
                release(answers.get(i));
                continue;
            }
            FetchTarget target = targets.get(i);
            if (topic == null || !isOf(topic, target)) {
                topic = new FetchableTopicResponse()
                        .setTopic(target.requestedName())
                        .setTopicId(target.requestedId());
                response.responses().add(topic);
            }
            topic.partitions().add(answers.get(i));
        }
        return response;
    }

    private static void release(PartitionData answer) {
        if (answer.records() instanceof RecordSlice slice) {
            slice.release();
        }
    }

    private static boolean isOf(FetchableTopicResponse topic, FetchTarget target) {
        return topic.topic().equals(target.requestedName()) && topic.topicId().equals(target.requestedId());
    }

    /** The topic a target means. */
    static TopicImage resolve(MetadataCache metadata, FetchTarget target, boolean topicIds) {
        TopicImage topic = topicIds
                ? metadata.image().topic(target.requestedId())
                : metadata.image().topic(target.requestedName());
        if (topic != null) {
            return topic;
        }
        throw topicIds
                ? new ApiException(ErrorCode.UNKNOWN_TOPIC_ID, "topic id: " + target.requestedId() + " is unknown")
                : new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, target.requestedName() + " does not exist");
    }
}
