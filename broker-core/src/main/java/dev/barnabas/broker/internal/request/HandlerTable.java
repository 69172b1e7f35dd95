package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The APIs that a broker serves: one handler each. Immutable; any thread. */
public final class HandlerTable {

    private final @Nullable ApiHandler<?>[] byId;
    private final List<ApiHandler<?>> all;

    /** @throws IllegalArgumentException if two handlers serve one API, or one serves versions that Kafka does not have */
    public HandlerTable(List<? extends ApiHandler<?>> handlers) {
        byId = new ApiHandler<?>[ApiKey.values().length];
        for (ApiHandler<?> handler : handlers) {
            ApiKey api = handler.api();
            if (byId[api.id()] != null) {
                throw new IllegalArgumentException("handlers of " + api + ": 2 (expected: 1)");
            }
            if (handler.versions().min() < api.versions().min()
                    || handler.versions().max() > api.versions().max()) {
                throw new IllegalArgumentException(
                        api + " versions: " + handler.versions() + " (expected: within " + api.versions() + ")");
            }
            byId[api.id()] = handler;
        }
        List<ApiHandler<?>> inOrder = new ArrayList<>(handlers.size());
        for (ApiHandler<?> handler : byId) {
            if (handler != null) {
                inOrder.add(handler);
            }
        }
        all = Collections.unmodifiableList(inOrder);
    }

    /** Null if the API is not served. */
    public @Nullable ApiHandler<?> find(ApiKey api) {
        return byId[api.id()];
    }

    /** In order of their keys. */
    public List<ApiHandler<?>> all() {
        return all;
    }
}
