package dev.barnabas.broker;

/** A listener at work: its name, and the address that clients are told. */
record BoundListener(String name, String host, int port) {

    /** {@code host:port}, an IPv6 address in brackets. */
    String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
