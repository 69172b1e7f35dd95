package dev.barnabas.broker.internal.net;

/**
 * Where to listen.
 *
 * @param name as in {@code listeners}: {@code PLAINTEXT}, {@code INTERNAL}
 * @param host name or address to bind to; empty for all interfaces
 * @param port 0 for any free one
 */
public record ListenerSpec(String name, String host, int port) {}
