package dev.barnabas.broker.internal.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How many connections are open, in all and for each peer's address, and how fast they come. Any thread. */
final class ConnectionCounts {

    private final ConnectionLimits limits;
    private final FrontEndSettings settings;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();

    /** Of all listeners together; null until there is a limit. */
    private @Nullable CreationRate rate;

    ConnectionCounts(ConnectionLimits limits, FrontEndSettings settings) {
        this.limits = limits;
        this.settings = settings;
    }

    ConnectionLimits limits() {
        return limits;
    }

    /** Takes a place among the connections of the broker, unless {@code max} are taken. */
    boolean takePlace(int max) {
        for (int taken = open.get(); taken < max; taken = open.get()) {
            if (open.compareAndSet(taken, taken + 1)) {
                return true;
            }
        }
        return false;
    }

    void givePlaceBack() {
        open.decrementAndGet();
    }

    /** Counts a connection in for its peer; false, and not counted, if the peer has as many as it may. */
    boolean enter(InetAddress address) {
        if (openByAddress.merge(address, 1, Integer::sum) > limits.connectionsPerAddressMax(address)) {
            leave(address);
            return false;
        }
        return true;
    }

    void leave(InetAddress address) {
        openByAddress.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }

    CreationRate newRate() {
        return new CreationRate(settings.rateSamples(), settings.rateSampleMs());
    }

    /** Counts a connection in a broker that is to have {@code max} new ones a second; returns how many ms it has to wait. */
    synchronized long delayMs(int max, long nowMs) {
        if (rate == null) {
            rate = newRate();
        }
        return rate.count(max, nowMs);
    }
}
