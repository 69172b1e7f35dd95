package dev.barnabas.broker.internal.net;

import io.netty.channel.ChannelId;

/**
 * A channel's name for Netty, equal to itself only. Netty's own kind of id asks for the machine's network interfaces and
 * the process id first, which takes long.
 */
final class ConnectionId implements ChannelId {
    private static final long serialVersionUID = 1L;

    @Override
    public String asShortText() {
        return Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    public String asLongText() {
        return asShortText();
    }

    @Override
    public int compareTo(ChannelId other) {
        return asLongText().compareTo(other.asLongText());
    }
}
