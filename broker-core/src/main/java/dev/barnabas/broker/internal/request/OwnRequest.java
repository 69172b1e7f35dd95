package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The context of a request that the broker makes of itself; its answer comes by another way. */
public final class OwnRequest implements RequestContext {

    private final RequestHeader header;
    private final String listenerName;
    private final long nowMs;

    public OwnRequest(ApiKey api, int version, String listenerName, long nowMs) {
        this.header = new RequestHeader(api, (short) version, 0, "broker");
        this.listenerName = listenerName;
        this.nowMs = nowMs;
    }

    @Override
    public RequestHeader header() {
        return header;
    }

    @Override
    public String listenerName() {
        return listenerName;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override
    public long connectionId() {
        return -1;
    }

    @Override
    public String clientSoftwareName() {
        return "broker";
    }

    @Override
    public String clientSoftwareVersion() {
        return "unknown";
    }

    @Override
    public void introduceClient(String softwareName, String softwareVersion) {}

    @Override
    public long receivedMs() {
        return nowMs;
    }

    @Override
    public void respond(ApiMessage response) {
        throw new IllegalStateException("answer to the broker's own request (expected: by a stage)");
    }

    @Override
    public void respondNothing() {
        throw new IllegalStateException("answer to the broker's own request (expected: by a stage)");
    }

    @Override
    public void closeConnection(String reason) {
        throw new IllegalStateException("answer to the broker's own request (expected: by a stage)");
    }

    @Override
    public boolean isConnectionClosed() {
        return false;
    }

    @Override
    public void onConnectionClosed(Runnable action) {}
}
