package dev.barnabas.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads listeners out of Kafka's properties: {@code listeners}, {@code advertised.listeners}, {@code
 * listener.security.protocol.map} and {@code controller.listener.names}. Pure.
 */
final class ListenerProperties {
    private static final Logger log = LoggerFactory.getLogger(ListenerProperties.class);

    private static final String PLAINTEXT = "PLAINTEXT";
    private static final Set<String> PROTOCOLS = Set.of(PLAINTEXT, "SSL", "SASL_PLAINTEXT", "SASL_SSL");

    private final Map<String, String> properties;

    ListenerProperties(Map<String, String> properties) {
        this.properties = properties;
    }

    /**
     * The listeners of the broker; those that only a controller has are left out, as there is no quorum to talk to.
     *
     * @param otherwise the listener to have if the property {@code listeners} is not set
     */
    List<Listener> listeners(Listener otherwise) {
        String text = properties.get("listeners");
        Set<String> controllers = new HashSet<>(split(properties.get("controller.listener.names")));
        Map<String, Listener> advertised = advertised();
        List<Listener> found = new ArrayList<>();
        if (text == null) {
            found.add(otherwise);
        } else {
            for (String entry : split(text)) {
                Listener listener = parse("listeners", entry);
                if (controllers.contains(listener.name())) {
                    log.info("Ignored a controller's listener, there is no quorum listener={}", listener.name());
                } else {
                    found.add(listener);
                }
            }
        }
        requireDistinct(found);
        List<Listener> listeners = new ArrayList<>(found.size());
        for (Listener listener : found) {
            requirePlaintext(listener.name());
            Listener outside = advertised.get(listener.name());
            listeners.add(outside == null ? listener : listener.advertised(outside.host(), outside.port()));
        }
        return listeners;
    }

    private Map<String, Listener> advertised() {
        Map<String, Listener> byName = new HashMap<>();
        for (String entry : split(properties.get("advertised.listeners"))) {
            Listener listener = parse("advertised.listeners", entry);
            byName.put(listener.name(), listener);
        }
        return byName;
    }

    private void requirePlaintext(String listener) {
        String protocol = PROTOCOLS.contains(listener) ? listener : PLAINTEXT;
        for (String entry : split(properties.get("listener.security.protocol.map"))) {
            int colon = entry.indexOf(':');
            if (colon > 0
                    && entry.substring(0, colon).trim().toUpperCase(Locale.ROOT).equals(listener)) {
                protocol = entry.substring(colon + 1).trim().toUpperCase(Locale.ROOT);
            }
        }
        if (!protocol.equals(PLAINTEXT)) {
            throw new IllegalArgumentException(
                    "security protocol of listener " + listener + ": " + protocol + " (expected: PLAINTEXT)");
        }
    }

    private static void requireDistinct(List<Listener> listeners) {
        Set<String> names = new HashSet<>();
        for (Listener listener : listeners) {
            if (!names.add(listener.name())) {
                throw new IllegalArgumentException(
                        "listeners: " + listener.name() + " twice (expected: names of their own)");
            }
        }
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException(
                    "listeners: none for clients (expected: at least one, NAME://host:port)");
        }
    }

    /** {@code NAME://host:port}; the host may be empty or an IPv6 address in brackets. */
    private static Listener parse(String property, String entry) {
        int scheme = entry.indexOf("://");
        int colon = entry.lastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3) {
            throw malformed(property, entry);
        }
        String host = entry.substring(scheme + 3, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(entry.substring(colon + 1).trim());
            return new Listener(entry.substring(0, scheme).trim().toUpperCase(Locale.ROOT), host, port);
        } catch (IllegalArgumentException e) {
            throw malformed(property, entry);
        }
    }

    private static IllegalArgumentException malformed(String property, String entry) {
        return new IllegalArgumentException(property + ": " + entry + " (expected: NAME://host:port)");
    }

    private static List<String> split(@Nullable String list) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (list != null && from <= list.length()) {
            int comma = list.indexOf(',', from);
            int to = comma < 0 ? list.length() : comma;
            String part = list.substring(from, to).trim();
            if (!part.isEmpty()) {
                parts.add(part);
            }
            from = to + 1;
        }
        return parts;
    }
}
