package dev.barnabas.broker.spi;

import dev.barnabas.protocol.ApiMessage;

/**
 * Sees every request before the broker does, and every response before the client does: to watch, to hold, to break.
 * Interceptors are asked in the order in which they were given to the builder. Called on the connection's I/O thread, for
 * all connections, so it must be safe for several threads and must not block; {@link Verdict#holdUntil} waits without.
 */
public interface RequestInterceptor {

    /** Decides what becomes of {@code request}. An exception thrown closes the connection and is logged. */
    default Verdict onRequest(InterceptedRequest request) {
        return Verdict.proceed();
    }

    /** Sees the answer before it is encoded; to be read and not changed. */
    default void onResponse(InterceptedRequest request, ApiMessage response) {}
}
