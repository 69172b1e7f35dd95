package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiMessage;

/**
 * Serves one API. Stateless: what it knows, it was given by constructor. The handlers of a broker make up its
 * {@link HandlerTable}; which APIs and versions there are, {@link ServedApis} says.
 *
 * @param <Q> the request's message
 */
public interface ApiHandler<Q extends ApiMessage> {

    /**
     * Serves one request; called on the connection's I/O loop, and must not block. The answer may come later, from any
     * thread. A thrown {@link dev.barnabas.protocol.ApiException} is answered by {@link #failed}.
     *
     * @param request decoded; record bytes in it are slices of the frame, valid until the response is given
     */
    void handle(Q request, RequestContext context);

    /** A response of this API that says {@code error} wherever it has room for one. Null: close the connection. */
    @org.jspecify.annotations.Nullable
    ApiMessage failed(Q request, int version, dev.barnabas.protocol.ApiException error);
}
