package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.VersionRange;
import dev.barnabas.protocol.message.CreatePartitionsRequest;
import dev.barnabas.protocol.message.CreatePartitionsResponse;
import dev.barnabas.protocol.message.CreatePartitionsResponse.CreatePartitionsTopicResult;

/** {@code CreatePartitions} 0-3: adds partitions to topics (KIP-195). */
public final class CreatePartitionsHandler extends ForwardingHandler<CreatePartitionsRequest> {

    public CreatePartitionsHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiKey api() {
        return ApiKey.CREATE_PARTITIONS;
    }

    @Override
    public VersionRange versions() {
        return new VersionRange(0, 3);
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
