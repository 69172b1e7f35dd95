package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.CreatePartitionsRequest;
import dev.barnabas.protocol.message.CreatePartitionsResponse;
import dev.barnabas.protocol.message.CreatePartitionsResponse.CreatePartitionsTopicResult;

/** {@code CreatePartitions} 0-3: adds partitions to topics (KIP-195). */
public final class CreatePartitionsHandler extends ForwardingHandler<CreatePartitionsRequest> {

    public CreatePartitionsHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiMessage failed(CreatePartitionsRequest request, int version, ApiException error) {
        var response = new CreatePartitionsResponse();
        request.topics().forEach(topic -> response.results()
                .add(new CreatePartitionsTopicResult()
                        .setName(topic.name())
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.getMessage())));
        return response;
    }
}
