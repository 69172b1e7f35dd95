package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.metadata.BrokerImage;
import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.PartitionImage;
import dev.barnabas.broker.internal.metadata.TopicImage;
import dev.barnabas.broker.internal.metadata.TopicNames;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.BoundedLog;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import dev.barnabas.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataRequest.MetadataRequestTopic;
import dev.barnabas.protocol.message.MetadataResponse;
import dev.barnabas.protocol.message.MetadataResponse.MetadataResponseBroker;
import dev.barnabas.protocol.message.MetadataResponse.MetadataResponsePartition;
import dev.barnabas.protocol.message.MetadataResponse.MetadataResponseTopic;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * {@code Metadata} 0-13: brokers, topics and leaders, topics by id since version 12 (KIP-516).
 *
 * <p>A topic that does not exist is created if {@code auto.create.topics.enable} and, since version 4, the request allow
 * it; the answer then waits for the topic and shows it, so that the client need not ask again.
 */
public final class MetadataHandler implements ApiHandler<MetadataRequest> {

    private static final int LISTENER_NOT_FOUND_SINCE = 6;

    private final MetadataCache metadata;
    private final ControllerGateway controller;
    private final Configs configs;
    private final BoundedLog refusals;

    /** @param clock bounds what is logged of topics that are not created */
    public MetadataHandler(MetadataCache metadata, ControllerGateway controller, Configs configs, Clock clock) {
        this.metadata = metadata;
        this.controller = controller;
        this.configs = configs;
        this.refusals = new BoundedLog(LoggerFactory.getLogger(MetadataHandler.class), clock);
    }

    @Override
    public void handle(MetadataRequest request, RequestContext context) {
        int version = context.version();
        List<MetadataRequestTopic> asked = request.topics();
        if (asked == null || (version == 0 && asked.isEmpty())) {
            context.respond(respond(request, context, allTopics(context)));
            return;
        }
        check(asked, version);
        Set<Uuid> ids = ids(asked);
        if (!ids.isEmpty()) {
            context.respond(respond(request, context, byId(ids, context)));
            return;
        }
        Set<String> names = names(asked);
        Set<String> missing = missing(names);
        if (missing.isEmpty()
                || !request.allowAutoTopicCreation()
                || !configs.brokerBoolean("auto.create.topics.enable")) {
            context.respond(respond(request, context, byName(names, context)));
            return;
        }
        controller.autoCreate(missing, context).whenComplete((response, error) -> {
            if (error != null) {
                logRefusal(missing.toString(), ForwardingHandler.apiException("METADATA", error), context);
            } else {
                ((CreateTopicsResponse) response).topics().forEach(result -> logRefusal(result, context));
            }
            context.respond(respond(request, context, byName(names, context)));
        });
    }

    private void logRefusal(CreatableTopicResult result, RequestContext context) {
        ErrorCode error = ErrorCode.forCode(result.errorCode());
        if (error != ErrorCode.NONE && error != ErrorCode.TOPIC_ALREADY_EXISTS) {
            logRefusal(result.name(), new ApiException(error, String.valueOf(result.errorMessage())), context);
        }
    }

    /** The client only sees that a topic does not exist; why it was not created is said here. */
    private void logRefusal(String topic, ApiException error, RequestContext context) {
        refusals.info(
                "Topic not created on demand topic={} error={} client={} remote={} reason=\"{}\"",
                topic,
                error.error(),
                context.clientId(),
                context.remoteAddress(),
                error.getMessage());
    }

    private static void check(List<MetadataRequestTopic> asked, int version) {
        for (MetadataRequestTopic topic : asked) {
            boolean hasId = !topic.topicId().equals(Uuid.ZERO);
            if (version < 12 && (topic.name() == null || hasId)) {
                throw new ApiException(
                        ErrorCode.INVALID_REQUEST, "topic: " + topic.name() + " (expected: a name before version 12)");
            }
        }
    }

    private static Set<Uuid> ids(List<MetadataRequestTopic> asked) {
        var ids = new LinkedHashSet<Uuid>();
        asked.forEach(topic -> ids.add(topic.topicId()));
        ids.remove(Uuid.ZERO);
        return ids;
    }

    private static Set<String> names(List<MetadataRequestTopic> asked) {
        var names = new LinkedHashSet<String>();
        for (MetadataRequestTopic topic : asked) {
            String name = topic.name();
            if (name == null) {
                throw new ApiException(
                        ErrorCode.UNKNOWN_SERVER_ERROR, "topic: neither name nor id (expected: one of them)");
            }
            names.add(name);
        }
        return names;
    }

    private Set<String> missing(Set<String> names) {
        MetadataImage image = metadata.image();
        var missing = new LinkedHashSet<String>();
        for (String name : names) {
            if (image.topic(name) == null && TopicNames.problem(name) == null) {
                missing.add(name);
            }
        }
        return missing;
    }

    private MetadataResponse respond(
            MetadataRequest request, RequestContext context, List<MetadataResponseTopic> topics) {
        MetadataImage image = metadata.image();
        var response = new MetadataResponse().setClusterId(image.clusterId()).setTopics(topics);
        for (BrokerImage broker : image.brokers().values()) {
            Endpoint endpoint = broker.endpoints().get(context.listenerName());
            if (endpoint != null) {
                response.brokers()
                        .add(new MetadataResponseBroker()
                                .setNodeId(broker.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(broker.rack()));
            }
        }
        response.setControllerId(image.brokers().keySet().stream().findFirst().orElse(-1));
        int version = context.version();
        if (version >= 8 && version <= 10 && request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        if (version >= 8 && request.includeTopicAuthorizedOperations()) {
            topics.forEach(topic -> topic.setTopicAuthorizedOperations(AuthorizedOperations.TOPIC));
        }
        return response;
    }

    private List<MetadataResponseTopic> allTopics(RequestContext context) {
        MetadataImage image = metadata.image();
        var topics = new ArrayList<MetadataResponseTopic>();
        image.topics().forEach(topic -> topics.add(describe(image, topic, context)));
        return topics;
    }

    private List<MetadataResponseTopic> byId(Set<Uuid> ids, RequestContext context) {
        MetadataImage image = metadata.image();
        var topics = new ArrayList<MetadataResponseTopic>();
        for (Uuid id : ids) {
            TopicImage topic = image.topic(id);
            topics.add(
                    topic != null
                            ? describe(image, topic, context)
                            : error(null, ErrorCode.UNKNOWN_TOPIC_ID.code()).setTopicId(id));
        }
        return topics;
    }

    private List<MetadataResponseTopic> byName(Set<String> names, RequestContext context) {
        MetadataImage image = metadata.image();
        var topics = new ArrayList<MetadataResponseTopic>();
        for (String name : names) {
            TopicImage topic = image.topic(name);
            topics.add(topic != null ? describe(image, topic, context) : error(name, unknown(name)));
        }
        return topics;
    }

    private static short unknown(String name) {
        return TopicNames.problem(name) == null
                ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code()
                : ErrorCode.INVALID_TOPIC_EXCEPTION.code();
    }

    private static MetadataResponseTopic error(@Nullable String name, short error) {
        return new MetadataResponseTopic()
                .setName(name)
                .setErrorCode(error)
                .setIsInternal(name != null && InternalTopics.isInternal(name));
    }

    private static MetadataResponseTopic describe(MetadataImage image, TopicImage topic, RequestContext context) {
        var partitions =
                new ArrayList<MetadataResponsePartition>(topic.partitions().size());
        for (PartitionImage partition : topic.partitions()) {
            partitions.add(describe(image, partition, context));
        }
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.internal())
                .setPartitions(partitions);
    }

    private static MetadataResponsePartition describe(
            MetadataImage image, PartitionImage partition, RequestContext context) {
        return new MetadataResponsePartition()
                .setErrorCode(PartitionErrors.of(
                                image, partition, context.listenerName(), context.version() >= LISTENER_NOT_FOUND_SINCE)
                        .code())
                .setPartitionIndex(partition.index())
                .setLeaderId(PartitionErrors.reachableLeader(image, partition, context.listenerName()))
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(partition.replicas())
                .setIsrNodes(partition.isr())
                .setOfflineReplicas(PartitionErrors.offlineReplicas(image, partition, context.listenerName()));
    }

    @Override
    public ApiMessage failed(MetadataRequest request, int version, ApiException error) {
        var response = new MetadataResponse().setErrorCode(error.error().code());
        List<MetadataRequestTopic> asked = request.topics();
        if (asked != null) {
            asked.forEach(topic -> {
                String name = topic.name();
                response.topics()
                        .add(error(name == null ? "" : name, error.error().code())
                                .setTopicId(topic.topicId()));
            });
        }
        return response;
    }
}
