package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiKey;
import org.jspecify.annotations.Nullable;

/** A part of the broker that serves some of the {@link ServedApis}. */
@FunctionalInterface
public interface HandlerSource {

    /**
     * Makes a handler; called once for each API, when the first request of it comes, on that connection's I/O loop.
     *
     * @return null if another part serves {@code api}
     */
    @Nullable
    ApiHandler<?> handler(ApiKey api);
}
