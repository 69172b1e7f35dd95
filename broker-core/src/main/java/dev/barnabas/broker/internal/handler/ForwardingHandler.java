package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A handler whose requests the controller decides. */
abstract class ForwardingHandler<Q extends ApiMessage> implements ApiHandler<Q> {
    private static final Logger log = LoggerFactory.getLogger(ForwardingHandler.class);

    private final ControllerGateway controller;

    ForwardingHandler(ControllerGateway controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Q request, RequestContext context) {
        controller.forward(request, context.version(), context).whenComplete((response, error) -> {
            if (error == null) {
                context.respond(response);
            } else {
                fail(request, context, apiException(request.apiKey().name(), error));
            }
        });
    }

    private void fail(Q request, RequestContext context, ApiException error) {
        ApiMessage response = failed(request, context.version(), error);
        if (response == null) {
            context.closeConnection(request.apiKey() + " failed");
        } else {
            context.respond(response);
        }
    }

    /** What to tell the client; what is no client's business goes to the log. */
    static ApiException apiException(String api, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof ApiException apiException) {
            return apiException;
        }
        log.error("The controller failed to decide api={}", api, cause);
        return new ApiException(ErrorCode.UNKNOWN_SERVER_ERROR, ErrorCode.UNKNOWN_SERVER_ERROR.message());
    }
}
