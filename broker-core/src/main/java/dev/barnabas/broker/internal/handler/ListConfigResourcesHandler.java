package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.ConfigResource;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ListConfigResourcesRequest;
import dev.barnabas.protocol.message.ListConfigResourcesResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code ListConfigResources} 0-1: names what has properties (KIP-1142). Version 0 is {@code ListClientMetricsResources}
 * (KIP-714).
 */
public final class ListConfigResourcesHandler implements ApiHandler<ListConfigResourcesRequest> {

    private final Supplier<ClusterImage> metadata;

    public ListConfigResourcesHandler(Supplier<ClusterImage> metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(ListConfigResourcesRequest request, RequestContext context) {
        ClusterImage image = metadata.get();
        var response = new ListConfigResourcesResponse();
        for (ConfigResource.Type type : types(request, context.version())) {
            for (String name : names(image, type)) {
                response.configResources()
                        .add(new ListConfigResourcesResponse.ConfigResource()
                                .setResourceName(name)
                                .setResourceType(type.id()));
            }
        }
        context.respond(response);
    }

    private static Set<ConfigResource.Type> types(ListConfigResourcesRequest request, int version) {
        if (version == 0) {
            return Set.of(ConfigResource.Type.CLIENT_METRICS);
        }
        if (request.resourceTypes().isEmpty()) {
            return new LinkedHashSet<>(List.of(ConfigResource.Type.values()));
        }
        var types = new LinkedHashSet<ConfigResource.Type>();
        for (byte id : request.resourceTypes()) {
            ConfigResource.Type type = ConfigResource.Type.forId(id);
            if (type == null) {
                throw new ApiException(
                        ErrorCode.UNSUPPORTED_VERSION, "resource type: " + id + " (expected: 2, 4, 8, 16 or 32)");
            }
            types.add(type);
        }
        return types;
    }

    private static List<String> names(ClusterImage image, ConfigResource.Type type) {
        var names = new ArrayList<String>();
        switch (type) {
            case TOPIC -> image.topics().forEach(topic -> names.add(topic.name()));
            case BROKER, BROKER_LOGGER -> image.brokers().keySet().forEach(id -> names.add(Integer.toString(id)));
            case CLIENT_METRICS, GROUP ->
                image.configuredResources(type).forEach(resource -> names.add(resource.name()));
        }
        return names;
    }

    @Override
    public ApiMessage failed(ListConfigResourcesRequest request, int version, ApiException error) {
        return new ListConfigResourcesResponse().setErrorCode(error.error().code());
    }
}
