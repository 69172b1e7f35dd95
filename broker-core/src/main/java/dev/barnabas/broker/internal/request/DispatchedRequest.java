package dev.barnabas.broker.internal.request;

import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.protocol.RequestHeader;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A request between its connection and its handler, as the dispatcher sees it. */
public interface DispatchedRequest extends RequestContext, InterceptedRequest {

    ApiHandler<?> handler();

    /** The I/O loop that requests of this connection are dispatched on. */
    Executor executor();

    /** Says that the handler has been called, or will not be: the connection's next request may be. On the loop. */
    void handled();

    @Override
    RequestHeader header();

    @Override
    default int version() {
        return header().apiVersion();
    }

    @Override
    default @Nullable String clientId() {
        return header().clientId();
    }
}
