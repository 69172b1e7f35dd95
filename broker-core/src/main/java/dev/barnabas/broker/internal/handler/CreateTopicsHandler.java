package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import dev.barnabas.protocol.message.CreateTopicsResponse.CreatableTopicResult;

/** {@code CreateTopics} 0-7: creates topics and answers when they can be written to (KIP-4, KIP-525). */
public final class CreateTopicsHandler extends ForwardingHandler<CreateTopicsRequest> {

    public CreateTopicsHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiMessage failed(CreateTopicsRequest request, int version, ApiException error) {
        var response = new CreateTopicsResponse();
        request.topics().forEach(topic -> response.topics()
                .add(new CreatableTopicResult()
                        .setName(topic.name())
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.getMessage())));
        return response;
    }
}
