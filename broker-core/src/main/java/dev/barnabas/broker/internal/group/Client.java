package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.request.RequestContext;

/**
 * Who asks.
 *
 * @param id the client id of the request's header, "" if it has none
 * @param host the peer's address as Kafka shows it: {@code /127.0.0.1}
 * @param version version of the request
 */
public record Client(String id, String host, int version) {

    public static Client of(RequestContext context) {
        String id = context.clientId();
        var address = context.remoteAddress().getAddress();
        return new Client(
                id == null ? "" : id, "/" + (address == null ? "" : address.getHostAddress()), context.version());
    }
}
