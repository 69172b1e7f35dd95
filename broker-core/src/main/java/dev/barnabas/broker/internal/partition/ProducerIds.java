package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.controller.ControllerGateway.ProducerIdBlock;
import dev.barnabas.broker.internal.exec.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands out producer ids, each once, from blocks that the controller allocates (KIP-730). State on its lane. */
public final class ProducerIds {

    private static final Logger log = LoggerFactory.getLogger(ProducerIds.class);

    private final Lane lane;
    private final ControllerGateway controller;
    private final Deque<Callback> waiting = new ArrayDeque<>();
    private long next;
    private long end;
    private boolean asking;

    ProducerIds(Lane lane, ControllerGateway controller) {
        this.lane = lane;
        this.controller = controller;
    }

    /** Any thread. */
    public void allocate(Callback callback) {
        lane.execute(() -> {
            waiting.add(callback);
            serve();
        });
    }

    private void serve() {
        while (next < end && !waiting.isEmpty()) {
            waiting.remove().onProducerId(next++);
        }
        if (!waiting.isEmpty() && !asking) {
            asking = true;
            controller.allocateProducerIds().whenComplete((block, error) -> lane.execute(() -> onBlock(block, error)));
        }
    }

    private void onBlock(@Nullable ProducerIdBlock block, @Nullable Throwable error) {
        asking = false;
        if (block == null) {
            log.warn("Producer ids could not be allocated reason={}", error == null ? "" : error.getMessage());
            while (!waiting.isEmpty()) {
                waiting.remove().onProducerId(-1);
            }
            return;
        }
        next = block.first();
        end = block.first() + block.count();
        serve();
    }

    /** Takes an id. */
    @FunctionalInterface
    public interface Callback {

        /** @param producerId -1 if the controller could not be reached. On the ids' lane */
        void onProducerId(long producerId);
    }
}
