package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsResponse;
import dev.barnabas.protocol.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;

/** {@code IncrementalAlterConfigs} 0-1: sets, deletes, appends and subtracts properties of topics, brokers and groups
 * (KIP-339). */
public final class IncrementalAlterConfigsHandler extends ForwardingHandler<IncrementalAlterConfigsRequest> {

    public IncrementalAlterConfigsHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiMessage failed(IncrementalAlterConfigsRequest request, int version, ApiException error) {
        var response = new IncrementalAlterConfigsResponse();
        request.resources().forEach(resource -> response.responses()
                .add(new AlterConfigsResourceResponse()
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName())
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.getMessage())));
        return response;
    }
}
