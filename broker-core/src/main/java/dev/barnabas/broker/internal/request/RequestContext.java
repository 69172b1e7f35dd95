package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One request in flight: where it came from, and the slot its response goes into. Any thread. */
public interface RequestContext {

    RequestHeader header();

    default int version() {
        return header().apiVersion();
    }

    default @Nullable String clientId() {
        return header().clientId();
    }

    /** Name of the listener that took the connection; its advertised addresses are the ones to answer with. */
    String listenerName();

    InetSocketAddress remoteAddress();

    /** Unique among the broker's connections, past ones included. */
    long connectionId();

    /** The client library's own words (ApiVersions 3+), "unknown" before it said them. */
    String clientSoftwareName();

    String clientSoftwareVersion();

    /** Keeps the client library's words for the requests to come. ApiVersions only, before it answers. */
    void introduceClient(String softwareName, String softwareVersion);

    /** Wall clock when the frame was complete, milliseconds. */
    long receivedMs();

    /**
     * Gives the answer, exactly once. The request's frame is released, so its record bytes are gone, once this returns.
     * {@link dev.barnabas.storage.RecordSlice}s inside the response are released by the front end when written or dropped.
     */
    void respond(ApiMessage response);

    /** Ends the request without an answer: Produce with acks=0. */
    void respondNothing();

    /** Ends the request by closing its connection, with one log line that says why. */
    void closeConnection(String reason);

    /** Whether the client has gone, so that waiting for its sake is pointless. */
    boolean isConnectionClosed();

    /** What converted records in the answer are charged to. */
    default ConversionMemory conversionMemory() {
        throw new IllegalStateException("records: to be converted (expected: for a client's connection only)");
    }

    /** Runs {@code action} when the connection closes while the request is unanswered; at once if it has closed. */
    void onConnectionClosed(Runnable action);

    /**
     * Runs {@code action}, perhaps repeatedly, while the request is unanswered and others wait for the memory it holds: what
     * waits may then be answered with what there is. A request of few elements holds too little for that.
     */
    default void onHurried(Runnable action) {}

    /**
     * Says that what the request's lists hold is bounded elsewhere from now on, or held by nobody, although the answer is to
     * come: others need not wait for it. Any thread, also when the request is answered.
     */
    default void takenOver() {}
}
