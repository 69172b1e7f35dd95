package dev.barnabas.broker.internal.net;

import java.net.InetAddress;

/** How many connections there may be, and come. Asked for each that is accepted, as all may change meanwhile. Any thread. */
public interface ConnectionLimits {

    /** Stands for no limit. */
    int UNLIMITED = Integer.MAX_VALUE;

    /** Open connections of the broker ({@code max.connections}) beyond which those of the listener wait. */
    int connectionsMax(String listener);

    /** Open connections of the listener ({@code listener.name.NAME.max.connections}). */
    int connectionsOfListenerMax(String listener);

    /** Open connections of one peer's address ({@code max.connections.per.ip} and its overrides). */
    int connectionsPerAddressMax(InetAddress address);

    /** Connections a second of the broker ({@code max.connection.creation.rate}) beyond which those of the listener wait. */
    int creationRateMax(String listener);

    /** Connections a second of the listener ({@code listener.name.NAME.max.connection.creation.rate}). */
    int creationRateOfListenerMax(String listener);
}
