package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.config.ConfigDescriber;
import dev.barnabas.broker.internal.config.ConfigDescription;
import dev.barnabas.broker.internal.config.ConfigDescription.Source;
import dev.barnabas.broker.internal.config.ConfigDocumentation;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.ConfigResource;
import dev.barnabas.broker.internal.metadata.TopicNames;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.DescribeConfigsRequest;
import dev.barnabas.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import dev.barnabas.protocol.message.DescribeConfigsResponse;
import dev.barnabas.protocol.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.barnabas.protocol.message.DescribeConfigsResponse.DescribeConfigsResult;
import dev.barnabas.protocol.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code DescribeConfigs} 0-4: the properties in force of topics, groups, client metrics subscriptions and this broker,
 * with their sources and synonyms (KIP-133, KIP-226, KIP-569).
 */
public final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest> {

    /** Configs of one answer, as a request may name a resource again and again: one for every KiB of the JVM's memory. */
    private static final long CONFIGS_MAX =
            Math.max(100_000, Runtime.getRuntime().maxMemory() / 1024);

    private final Supplier<ClusterImage> metadata;
    private final ConfigDescriber describer;
    private final String brokerId;

    public DescribeConfigsHandler(Supplier<ClusterImage> metadata, ConfigDescriber describer, int brokerId) {
        this.metadata = metadata;
        this.describer = describer;
        this.brokerId = Integer.toString(brokerId);
    }

    @Override
    public void handle(DescribeConfigsRequest request, RequestContext context) {
        ClusterImage image = metadata.get();
        var response = new DescribeConfigsResponse();
        long configs = 0;
        for (DescribeConfigsResource resource : request.resources()) {
            var result = new DescribeConfigsResult()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            try {
                requireFewerThanMax(configs);
                result.setConfigs(select(describe(image, resource), resource, request, context.version()));
                configs += result.configs().size();
            } catch (UnknownTopicException e) {
                result.setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
            } catch (ApiException e) {
                result.setErrorCode(e.error().code()).setErrorMessage(e.getMessage());
            }
            response.results().add(result);
        }
        context.respond(response);
    }

    private static void requireFewerThanMax(long configs) {
        if (configs >= CONFIGS_MAX) {
            throw new ApiException(
                    ErrorCode.POLICY_VIOLATION,
                    "configs in one answer: " + configs + " (expected: fewer than " + CONFIGS_MAX + ")");
        }
    }

    /** Kafka answers it without a message. */
    private static final class UnknownTopicException extends ApiException {
        private static final long serialVersionUID = 1L;

        UnknownTopicException(String topic) {
            super(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, topic);
        }
    }

    private List<ConfigDescription> describe(ClusterImage image, DescribeConfigsResource asked) {
        String name = asked.resourceName();
        ConfigResource.Type type = ConfigResource.Type.forId(asked.resourceType());
        if (type == null) {
            throw invalidRequest("resource type: " + asked.resourceType() + " (expected: 2, 4, 8, 16 or 32)");
        }
        return switch (type) {
            case TOPIC -> describeTopic(image, name);
            case BROKER -> name.isEmpty() ? describer.allBrokers(image) : describeBroker(image, name);
            case BROKER_LOGGER -> describeLoggers(name);
            case CLIENT_METRICS -> {
                requireName(name, "client metrics subscription");
                yield describer.clientMetrics(image.configs(new ConfigResource(type, name)));
            }
            case GROUP -> {
                requireName(name, "group");
                yield describer.group(image, name);
            }
        };
    }

    private List<ConfigDescription> describeTopic(ClusterImage image, String name) {
        String problem = TopicNames.problem(name);
        if (problem != null) {
            throw new ApiException(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
        }
        if (image.topic(name) == null) {
            throw new UnknownTopicException(name);
        }
        return describer.topic(image, image.topicConfigs(name));
    }

    private List<ConfigDescription> describeBroker(ClusterImage image, String name) {
        requireThisBroker(name);
        return describer.broker(image);
    }

    /** The host's logging framework has the levels; none can be seen or set from here. */
    private List<ConfigDescription> describeLoggers(String name) {
        requireThisBroker(name);
        return List.of();
    }

    private void requireThisBroker(String name) {
        if (!name.equals(brokerId)) {
            throw invalidRequest("broker: " + name + " (expected: " + brokerId + ")");
        }
    }

    private static void requireName(String name, String what) {
        if (name.isEmpty()) {
            throw invalidRequest(what + ": empty (expected: a name)");
        }
    }

    private static ApiException invalidRequest(String message) {
        return new ApiException(ErrorCode.INVALID_REQUEST, message);
    }

    private static List<DescribeConfigsResourceResult> select(
            List<ConfigDescription> descriptions,
            DescribeConfigsResource resource,
            DescribeConfigsRequest request,
            int version) {
        List<String> keys = resource.configurationKeys();
        boolean all = keys == null || keys.isEmpty();
        var selected = new ArrayList<DescribeConfigsResourceResult>();
        for (ConfigDescription description : descriptions) {
            if (all || keys.contains(description.name())) {
                selected.add(result(description, resource.resourceType(), request, version));
            }
        }
        return selected;
    }

    private static DescribeConfigsResourceResult result(
            ConfigDescription description, byte resourceType, DescribeConfigsRequest request, int version) {
        var result = new DescribeConfigsResourceResult()
                .setName(description.name())
                .setValue(description.value())
                .setReadOnly(description.readOnly())
                .setConfigSource(description.source().id())
                .setIsSensitive(description.sensitive())
                .setConfigType(description.type().id())
                .setDocumentation(null);
        if (version == 0) {
            result.setIsDefault(description.source() == Source.DEFAULT);
        }
        if (request.includeSynonyms()) {
            description.synonyms().forEach(synonym -> result.synonyms()
                    .add(new DescribeConfigsSynonym()
                            .setName(synonym.name())
                            .setValue(synonym.value())
                            .setSource(synonym.source().id())));
        }
        if (request.includeDocumentation()) {
            result.setDocumentation(ConfigDocumentation.of(resourceType, description.name()));
        }
        return result;
    }

    @Override
    public ApiMessage failed(DescribeConfigsRequest request, int version, ApiException error) {
        var response = new DescribeConfigsResponse();
        request.resources().forEach(resource -> response.results()
                .add(new DescribeConfigsResult()
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName())
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.getMessage())));
        return response;
    }
}
