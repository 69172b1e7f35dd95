package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiKey;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of one broker, one for each of the {@link ServedApis}, made when first asked for: a broker that starts in a
 * fresh JVM loads the classes of none. Any thread.
 */
public final class HandlerTable {

    private final List<HandlerSource> sources;

    /** By the API's id; replaced when one is added. */
    private volatile @Nullable ApiHandler<?>[] made = new ApiHandler<?>[0];

    /** @param sources asked in this order */
    public HandlerTable(List<? extends HandlerSource> sources) {
        this.sources = List.copyOf(sources);
    }

    /** Null if no source serves the API. */
    public @Nullable ApiHandler<?> find(ApiKey api) {
        ApiHandler<?> known = known(api);
        return known == null ? make(api) : known;
    }

    private @Nullable ApiHandler<?> known(ApiKey api) {
        @Nullable ApiHandler<?>[] handlers = made;
        return api.id() < handlers.length ? handlers[api.id()] : null;
    }

    private synchronized @Nullable ApiHandler<?> make(ApiKey api) {
        ApiHandler<?> handler = known(api);
        for (int i = 0; handler == null && i < sources.size(); i++) {
            handler = sources.get(i).handler(api);
        }
        if (handler != null) {
            @Nullable ApiHandler<?>[] more = Arrays.copyOf(made, Math.max(made.length, api.id() + 1));
            more[api.id()] = handler;
            made = more;
        }
        return handler;
    }
}
