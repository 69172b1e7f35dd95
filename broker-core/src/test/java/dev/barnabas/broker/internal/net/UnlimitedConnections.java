package dev.barnabas.broker.internal.net;

import java.net.InetAddress;

/** Lets everybody in. */
final class UnlimitedConnections implements ConnectionLimits {

    @Override
    public int connectionsMax(String listener) {
        return UNLIMITED;
    }

    @Override
    public int connectionsOfListenerMax(String listener) {
        return UNLIMITED;
    }

    @Override
    public int creationRateMax(String listener) {
        return UNLIMITED;
    }

    @Override
    public int creationRateOfListenerMax(String listener) {
        return UNLIMITED;
    }

    @Override
    public int connectionsPerAddressMax(InetAddress address) {
        return Integer.MAX_VALUE;
    }
}
