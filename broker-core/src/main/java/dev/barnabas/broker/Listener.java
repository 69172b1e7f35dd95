package dev.barnabas.broker;

import org.jspecify.annotations.Nullable;

/**
 * An address that clients connect to, and the one that they are told to.
 *
 * @param name upper-case letters, digits and underscores, unique in a broker: {@code PLAINTEXT}, {@code INTERNAL}
 * @param host name or address to bind to; empty for all interfaces
 * @param port 0 for any free one
 * @param advertisedHost what clients are told; null for {@code host}, or this machine's name if that is all interfaces
 * @param advertisedPort what clients are told; 0 for the port that was bound
 */
public record Listener(
        String name, String host, int port, @Nullable String advertisedHost, int advertisedPort) {

    /** The name of the listener that a broker has if it is given none. */
    public static final String DEFAULT_NAME = "PLAINTEXT";

    private static final int PORT_MAX = 65535;

    public Listener {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "listener name: " + name + " (expected: upper-case letters, digits and underscores)");
        }
        checkPort("port", port);
        checkPort("advertised port", advertisedPort);
    }

    /** A listener that advertises the address it is bound to. */
    public Listener(String name, String host, int port) {
        this(name, host, port, null, 0);
    }

    /** This listener with another address told to clients, as behind a proxy or a container's port mapping. */
    public Listener advertised(String toHost, int toPort) {
        return new Listener(name, host, port, toHost, toPort);
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_') {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static void checkPort(String what, int port) {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException(what + ": " + port + " (expected: 0-" + PORT_MAX + ")");
        }
    }
}
