package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.controller.ControllerGateway.ProducerIdBlock;
import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives out producer ids, from blocks that the controller gives to no one else (KIP-730). The next block is asked for
 * when a tenth of the present one is left, so that a producer rarely waits for the controller. On a lane of its own.
 */
public final class ProducerIds {

    private final ControllerGateway controller;
    private final Lane lane;
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>(0);
    private long next;
    private long end;
    private long lowWater;
    private @Nullable ProducerIdBlock following;
    private boolean asking;

    ProducerIds(ControllerGateway controller, Lane lane) {
        this.controller = controller;
        this.lane = lane;
    }

    /** Told how a wish for an id ended. */
    public interface Waiter {
        void onId(long producerId);

        /** The controller gave none; the client may try again. */
        void onFailure(ApiException error);
    }

    /** Gives a new id to {@code waiter}, now or later, on the lane. Any thread. */
    public void allocate(Waiter waiter) {
        lane.execute(() -> {
            waiting.add(waiter);
            serve();
        });
    }

    private void serve() {
        while (!waiting.isEmpty() && hasNext()) {
            waiting.remove().onId(next++);
        }
        if (following == null && !asking && end - next <= (waiting.isEmpty() ? lowWater : 0)) {
            ask();
        }
    }

    private boolean hasNext() {
        ProducerIdBlock block = following;
        if (next == end && block != null) {
            next = block.first();
            end = block.first() + block.count();
            lowWater = block.count() / 10;
            following = null;
        }
        return next < end;
    }

    private void ask() {
        asking = true;
        controller
                .allocateProducerIds()
                .whenComplete((block, error) -> lane.execute(() -> {
                    asking = false;
                    if (error == null) {
                        following = block;
                        serve();
                    } else {
                        failAll();
                    }
                }));
    }

    private void failAll() {
        List<Waiter> failed = new ArrayList<>(waiting);
        waiting.clear();
        var reason = new ApiException(
                ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, "producer ids: none to be had (expected: a block of them)");
        failed.forEach(waiter -> waiter.onFailure(reason));
    }
}
