package dev.barnabas.broker.spi;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A request on its way to its handler. Any thread. */
public interface InterceptedRequest {

    /** API, version, correlation id and client id. */
    RequestHeader header();

    default ApiKey api() {
        return header().apiKey();
    }

    default int version() {
        return header().apiVersion();
    }

    default @Nullable String clientId() {
        return header().clientId();
    }

    /**
     * The decoded request, to be read and not changed. Record bytes in it are valid until the response is given: an
     * interceptor that wants them longer copies them.
     */
    ApiMessage message();

    /** Name of the listener that took the connection. */
    String listenerName();

    InetSocketAddress remoteAddress();

    /** Unique among the broker's connections, past ones included. */
    long connectionId();

    /** The client library's own name, "unknown" before it said it (ApiVersions 3, KIP-511). */
    String clientSoftwareName();

    String clientSoftwareVersion();
}
