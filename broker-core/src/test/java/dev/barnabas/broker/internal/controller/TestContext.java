package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import java.net.InetSocketAddress;

/** A request that keeps its answer. */
final class TestContext implements RequestContext {

    private final RequestHeader header;
    private ApiMessage response;

    TestContext(ApiMessage request, int version) {
        this.header = new RequestHeader(request.apiKey(), (short) version, 1, "test");
    }

    /** Hands the request to its handler, as the dispatcher does. */
    <Q extends ApiMessage> void handle(ApiHandler<Q> handler, Q request) {
        try {
            handler.handle(request, this);
        } catch (ApiException e) {
            respond(handler.failed(request, version(), e));
        }
    }

    ApiMessage response() {
        if (response == null) {
            throw new AssertionError("not answered");
        }
        return response;
    }

    @Override
    public RequestHeader header() {
        return header;
    }

    @Override
    public String listenerName() {
        return TestControlPlane.LISTENER;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(0);
    }

    @Override
    public long connectionId() {
        return 1;
    }

    @Override
    public String clientSoftwareName() {
        return "test";
    }

    @Override
    public String clientSoftwareVersion() {
        return "1";
    }

    @Override
    public void introduceClient(String name, String version) {}

    @Override
    public long receivedMs() {
        return 0;
    }

    @Override
    public void respond(ApiMessage answer) {
        if (response != null) {
            throw new AssertionError("answered twice");
        }
        response = answer;
    }

    @Override
    public void respondNothing() {
        throw new AssertionError("no answer");
    }

    @Override
    public void closeConnection(String reason) {
        throw new AssertionError(reason);
    }

    @Override
    public boolean isConnectionClosed() {
        return false;
    }

    @Override
    public void onConnectionClosed(Runnable action) {}
}
