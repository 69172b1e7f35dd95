package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.wire.WireWriter;
import java.net.InetSocketAddress;

/** A request in flight; its answer is checked to fit on the wire in the version of the request. */
public final class TestContext implements RequestContext {

    final Answer<ApiMessage> answer = new Answer<>();
    private final ApiKey api;
    private final int version;

    TestContext(ApiKey api, int version) {
        this.api = api;
        this.version = version;
    }

    public boolean isAnswered() {
        return answer.isGiven();
    }

    public ApiMessage answer() {
        return answer.get();
    }

    @Override
    public RequestHeader header() {
        return new RequestHeader(api, (short) version, 1, "client");
    }

    @Override
    public String listenerName() {
        return "PLAINTEXT";
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress("127.0.0.1", 54321);
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
    public long receivedMs() {
        return 0;
    }

    @Override
    public void respond(ApiMessage response) {
        response.write(new WireWriter(), version);
        answer.accept(response);
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

    @Override
    public void introduceClient(String name, String softwareVersion) {}
}
