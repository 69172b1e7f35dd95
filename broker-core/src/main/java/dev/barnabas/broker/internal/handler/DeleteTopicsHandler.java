package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.DeleteTopicsRequest;
import dev.barnabas.protocol.message.DeleteTopicsResponse;
import dev.barnabas.protocol.message.DeleteTopicsResponse.DeletableTopicResult;

/** {@code DeleteTopics} 0-6: deletes topics, by name and since version 6 by id (KIP-516). */
public final class DeleteTopicsHandler extends ForwardingHandler<DeleteTopicsRequest> {

    public DeleteTopicsHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiMessage failed(DeleteTopicsRequest request, int version, ApiException error) {
        var response = new DeleteTopicsResponse();
        request.topics().forEach(topic -> response.responses()
                .add(new DeletableTopicResult()
                        .setName(topic.name())
                        .setTopicId(topic.topicId())
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.getMessage())));
        request.topicNames().forEach(name -> response.responses()
                .add(new DeletableTopicResult()
                        .setName(name)
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.getMessage())));
        return response;
    }
}
