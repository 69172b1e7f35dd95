package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.BrokerImage;
import dev.barnabas.broker.internal.metadata.BrokerImage.Endpoint;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.DescribeClusterRequest;
import dev.barnabas.protocol.message.DescribeClusterResponse;
import dev.barnabas.protocol.message.DescribeClusterResponse.DescribeClusterBroker;
import java.util.function.Supplier;

/**
 * {@code DescribeCluster} 0-2: cluster id and brokers (KIP-700), since version 2 with fenced ones if asked (KIP-1073). The
 * controllers (version 1, KIP-919) have no listener of their own to be described.
 */
public final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequest> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final Supplier<ClusterImage> metadata;

    public DescribeClusterHandler(Supplier<ClusterImage> metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(DescribeClusterRequest request, RequestContext context) {
        checkEndpointType(request.endpointType(), context.version());
        ClusterImage image = metadata.get();
        var response = new DescribeClusterResponse()
                .setErrorMessage(null)
                .setClusterId(image.clusterId())
                .setEndpointType(BROKERS)
                .setControllerId(image.brokers().keySet().stream().findFirst().orElse(-1));
        image.brokers().values().forEach(broker -> add(response, broker, false, context));
        if (request.includeFencedBrokers()) {
            image.fencedBrokers().forEach(broker -> add(response, broker, true, context));
        }
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        context.respond(response);
    }

    private static void checkEndpointType(byte type, int version) {
        if (type != BROKERS) {
            ErrorCode error = version == 0
                    ? ErrorCode.INVALID_REQUEST
                    : type == CONTROLLERS ? ErrorCode.MISMATCHED_ENDPOINT_TYPE : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE;
            throw new ApiException(error, "endpoint type: " + type + " (expected: 1, brokers)");
        }
    }

    private static void add(
            DescribeClusterResponse response, BrokerImage broker, boolean fenced, RequestContext context) {
        Endpoint endpoint = broker.endpoints().get(context.listenerName());
        if (endpoint != null) {
            response.brokers()
                    .add(new DescribeClusterBroker()
                            .setBrokerId(broker.id())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(broker.rack())
                            .setIsFenced(fenced));
        }
    }

    @Override
    public ApiMessage failed(DescribeClusterRequest request, int version, ApiException error) {
        return new DescribeClusterResponse().setErrorCode(error.error().code()).setErrorMessage(error.getMessage());
    }
}
