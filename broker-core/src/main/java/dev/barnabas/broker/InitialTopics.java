package dev.barnabas.broker;

import dev.barnabas.broker.internal.request.OwnRequest;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopic;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import java.util.ArrayList;
import java.util.List;

/** The topics that a builder asked for, as a request to the controller. */
final class InitialTopics {

    static final int VERSION = 7;

    private static final int TIMEOUT_MS = 60_000;

    private final List<Topic> topics;

    InitialTopics(List<Topic> topics) {
        this.topics = topics;
    }

    CreateTopicsRequest request() {
        List<CreatableTopic> wanted = new ArrayList<>(topics.size());
        for (Topic topic : topics) {
            List<CreatableTopicConfig> configs = new ArrayList<>();
            topic.configs()
                    .forEach((name, value) ->
                            configs.add(new CreatableTopicConfig().setName(name).setValue(value)));
            wanted.add(new CreatableTopic()
                    .setName(topic.name())
                    .setNumPartitions(topic.partitions())
                    .setReplicationFactor((short) 1)
                    .setConfigs(configs));
        }
        return new CreateTopicsRequest().setTopics(wanted).setTimeoutMs(TIMEOUT_MS);
    }

    OwnRequest context(String listenerName, long nowMs) {
        return new OwnRequest(ApiKey.CREATE_TOPICS, VERSION, listenerName, nowMs);
    }

    /** @throws BrokerException if one could not be created; one that exists is fine */
    void check(ApiMessage response) {
        for (var topic : ((CreateTopicsResponse) response).topics()) {
            short code = topic.errorCode();
            if (code != ErrorCode.NONE.code() && code != ErrorCode.TOPIC_ALREADY_EXISTS.code()) {
                throw new BrokerException(
                        "topic " + topic.name() + ": " + ErrorCode.forCode(code) + ", " + topic.errorMessage(), null);
            }
        }
    }
}
