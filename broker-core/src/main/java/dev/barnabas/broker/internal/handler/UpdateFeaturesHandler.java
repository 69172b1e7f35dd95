package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.UpdateFeaturesRequest;
import dev.barnabas.protocol.message.UpdateFeaturesResponse;

/** {@code UpdateFeatures} 0-2: finalizes feature levels (KIP-584). */
public final class UpdateFeaturesHandler extends ForwardingHandler<UpdateFeaturesRequest> {

    public UpdateFeaturesHandler(ControllerGateway controller) {
        super(controller);
    }

    @Override
    public ApiMessage failed(UpdateFeaturesRequest request, int version, ApiException error) {
        return new UpdateFeaturesResponse().setErrorCode(error.error().code()).setErrorMessage(error.getMessage());
    }
}
