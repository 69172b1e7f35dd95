package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.AlterConfigsRequest;
import dev.barnabas.protocol.message.AlterConfigsResponse;
import dev.barnabas.protocol.message.AlterConfigsResponse.AlterConfigsResourceResponse;

/** {@code AlterConfigs} 0-2: replaces all that is set for a topic, broker or group; KIP-339's successor is {@link
 * IncrementalAlterConfigsHandler}. */
public final class AlterConfigsHandler extends ForwardingHandler<AlterConfigsRequest> {

    public AlterConfigsHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiMessage failed(AlterConfigsRequest request, int version, ApiException error) {
        var response = new AlterConfigsResponse();
        request.resources().forEach(resource -> response.responses()
                .add(new AlterConfigsResourceResponse()
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName())
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.getMessage())));
        return response;
    }
}
