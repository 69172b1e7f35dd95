package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopic;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Decides the creation of topics that nobody asked to create: the coordinators' own, and those of auto-creation. Pure. */
final class InternalTopicCreation {

    private final Configs configs;
    private final TopicCreation ofCoordinators;
    private final TopicCreation ofClients;

    /**
     * @param ofCoordinators decides on topics that a coordinator cannot do without
     * @param ofClients decides on topics that a client named
     */
    InternalTopicCreation(Configs configs, TopicCreation ofCoordinators, TopicCreation ofClients) {
        this.configs = configs;
        this.ofCoordinators = ofCoordinators;
        this.ofClients = ofClients;
    }

    /** Creates one of {@link InternalTopics} unless it exists. */
    List<MetadataRecord> records(ClusterImage image, String topic) {
        if (image.topic(topic) != null) {
            return List.of();
        }
        Decision<CreateTopicsResponse> decision =
                ofCoordinators.decide(image, new CreateTopicsRequest().setTopics(List.of(definition(topic))));
        var result = decision.response().topics().get(0);
        if (result.errorCode() != ErrorCode.NONE.code()) {
            throw new ApiException(ErrorCode.forCode(result.errorCode()), String.valueOf(result.errorMessage()));
        }
        return decision.records();
    }

    /** Creates topics as the broker's defaults have them; the coordinators' own as those need them. */
    Decision<CreateTopicsResponse> autoCreate(ClusterImage image, Collection<String> names) {
        var topics = new ArrayList<CreatableTopic>();
        for (String name : names) {
            topics.add(definition(name));
        }
        return ofClients.decide(image, new CreateTopicsRequest().setTopics(topics));
    }

    private CreatableTopic definition(String name) {
        return switch (name) {
            case InternalTopics.CONSUMER_OFFSETS ->
                topic(
                        name,
                        configs.brokerInt("offsets.topic.num.partitions"),
                        configs.brokerInt("offsets.topic.replication.factor"),
                        List.of(
                                config("cleanup.policy", "compact"),
                                config("compression.type", "producer"),
                                config("segment.bytes", configs.brokerString("offsets.topic.segment.bytes"))));
            case InternalTopics.TRANSACTION_STATE ->
                topic(
                        name,
                        configs.brokerInt("transaction.state.log.num.partitions"),
                        configs.brokerInt("transaction.state.log.replication.factor"),
                        List.of(
                                config("cleanup.policy", "compact"),
                                config("compression.type", "uncompressed"),
                                config("min.insync.replicas", configs.brokerString("transaction.state.log.min.isr")),
                                config("segment.bytes", configs.brokerString("transaction.state.log.segment.bytes")),
                                config("unclean.leader.election.enable", "false")));
            case InternalTopics.SHARE_GROUP_STATE ->
                topic(
                        name,
                        configs.brokerInt("share.coordinator.state.topic.num.partitions"),
                        configs.brokerInt("share.coordinator.state.topic.replication.factor"),
                        List.of(
                                config("cleanup.policy", "delete"),
                                config("compression.type", "producer"),
                                config(
                                        "min.insync.replicas",
                                        configs.brokerString("share.coordinator.state.topic.min.isr")),
                                config("retention.ms", "-1"),
                                config(
                                        "segment.bytes",
                                        configs.brokerString("share.coordinator.state.topic.segment.bytes"))));
            default -> topic(name, -1, -1, List.of());
        };
    }

    private static CreatableTopic topic(
            String name, int partitions, int replicationFactor, List<CreatableTopicConfig> configs) {
        return new CreatableTopic()
                .setName(name)
                .setNumPartitions(partitions)
                .setReplicationFactor((short) replicationFactor)
                .setConfigs(configs);
    }

    private static CreatableTopicConfig config(String name, String value) {
        return new CreatableTopicConfig().setName(name).setValue(value);
    }
}
