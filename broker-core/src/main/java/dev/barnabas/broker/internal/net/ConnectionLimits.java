package dev.barnabas.broker.internal.net;

import java.net.InetAddress;

/** How many connections there may be. Asked for each that is accepted, as both may change meanwhile. Any thread. */
public interface ConnectionLimits {

    /** Open connections of the broker ({@code max.connections}). */
    int connectionsMax();

    /** Open connections of one peer's address ({@code max.connections.per.ip} and its overrides). */
    int connectionsPerAddressMax(InetAddress address);
}
