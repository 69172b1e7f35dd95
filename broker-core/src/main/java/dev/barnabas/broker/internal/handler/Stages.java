package dev.barnabas.broker.internal.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks for many things at once. */
final class Stages {

    private Stages() {}

    /** What {@code ask} gives for each of {@code items}, in their order, when it has given all. */
    static <T, R> CompletionStage<List<R>> all(Collection<T> items, Function<T, CompletionStage<R>> ask) {
        var futures = new ArrayList<CompletableFuture<R>>(items.size());
        for (T item : items) {
            futures.add(ask.apply(item).toCompletableFuture());
        }
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    var results = new ArrayList<R>(futures.size());
                    futures.forEach(future -> results.add(future.join()));
                    return results;
                });
    }
}
