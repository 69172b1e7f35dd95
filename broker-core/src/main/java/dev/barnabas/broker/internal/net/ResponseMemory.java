package dev.barnabas.broker.internal.net;

import dev.barnabas.broker.internal.request.ConversionMemory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on the memory of long responses that peers have not taken yet. While more than the bound is outstanding, no
 * connection gets a further request of that kind served; those that take nothing of what they were sent are closed. Record slices are
 * not counted but for what they hold themselves, as the log's records stay where they are until the peer takes them. Any
 * thread.
 */
final class ResponseMemory implements ConversionMemory {

    /** Responses up to this length are not counted: a channel's water mark bounds them. */
    static final int FREE_BYTES = 8 * 1024;

    private final long bytesMax;
    private final Runnable onScarcity;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** @param onScarcity told when a connection has to wait, on its loop */
    ResponseMemory(long bytesMax, Runnable onScarcity) {
        this.bytesMax = bytesMax;
        this.onScarcity = onScarcity;
    }

    @Override
    public boolean isScarce() {
        return used.get() > bytesMax;
    }

    @Override
    public void take(int bytes) {
        used.addAndGet(bytes);
    }

    @Override
    public void giveBack(int bytes) {
        if (used.addAndGet(-bytes) <= bytesMax) {
            wakeAll();
        }
    }

    /** Runs {@code onPlenty} once when memory is no longer scarce. */
    void await(Runnable onPlenty) {
        waiting.add(onPlenty);
        onScarcity.run();
        if (!isScarce()) {
            wakeAll();
        }
    }

    private void wakeAll() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }
}
