package dev.barnabas.broker.internal.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many connections are open, in all and for each peer's address. Any thread. */
final class ConnectionCounts {

    private final ConnectionLimits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();

    ConnectionCounts(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** Counts a connection in; false, and not counted, if it would be one too many. */
    boolean enter(InetAddress address) {
        if (open.incrementAndGet() > limits.connectionsMax()) {
            open.decrementAndGet();
            return false;
        }
        if (openByAddress.merge(address, 1, Integer::sum) > limits.connectionsPerAddressMax(address)) {
            leave(address);
            return false;
        }
        return true;
    }

    void leave(InetAddress address) {
        open.decrementAndGet();
        openByAddress.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }
}
