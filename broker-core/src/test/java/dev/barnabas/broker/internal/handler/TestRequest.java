package dev.barnabas.broker.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.request.ConversionMemory;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A request in flight, as the front end would have it: its answer travels over the wire format, its slices are given back. */
public final class TestRequest implements RequestContext {

    public static final String LISTENER = "EXTERNAL";

    private final ApiMessage request;
    private final int version;
    private final String clientId;
    private final ConversionMemory conversions;
    private @Nullable ApiMessage response;
    private FetchResponse unsent = new FetchResponse();
    private boolean keepsSlices;
    private boolean silent;
    private @Nullable String reasonToClose;
    private boolean clientGone;
    private Runnable onClientGone = () -> {};

    TestRequest(ApiMessage request, int version, String clientId) {
        this(request, version, clientId, new TestConversionMemory());
    }

    TestRequest(ApiMessage request, int version, String clientId, ConversionMemory conversions) {
        this.request = request;
        this.conversions = conversions;
        this.version = version;
        this.clientId = clientId;
    }

    public boolean isAnswered() {
        return response != null || silent || reasonToClose != null;
    }

    /** Whether it ended without a response, on an open connection. */
    public boolean isSilent() {
        return silent;
    }

    public @Nullable String reasonToClose() {
        return reasonToClose;
    }

    public <R extends ApiMessage> R response(Class<R> type) {
        assertThat(response).as("response").isNotNull();
        return type.cast(response);
    }

    /** The client does not take its answer before {@link #releaseSlices}. */
    void keepSlices() {
        keepsSlices = true;
    }

    void releaseSlices() {
        unsent.responses().forEach(topic -> topic.partitions().forEach(partition -> {
            if (partition.records() instanceof RecordSlice slice) {
                slice.release();
            }
        }));
        unsent = new FetchResponse();
    }

    /** The client closes its connection. */
    public void disconnect() {
        clientGone = true;
        onClientGone.run();
    }

    @Override
    public void respond(ApiMessage answer) {
        assertThat(isAnswered()).as("answered before").isFalse();
        var out = new WireWriter();
        answer.write(out, version);
        var bytes = Unpooled.wrappedBuffer(out.toByteArray());
        if (answer instanceof FetchResponse fetch) {
            unsent = fetch;
        }
        if (!keepsSlices) {
            releaseSlices();
        }
        response = request.apiKey().newResponse();
        response.read(new WireReader(bytes), version);
    }

    @Override
    public void respondNothing() {
        assertThat(isAnswered()).as("answered before").isFalse();
        silent = true;
    }

    @Override
    public void closeConnection(String reason) {
        assertThat(isAnswered()).as("answered before").isFalse();
        reasonToClose = reason;
    }

    @Override
    public boolean isConnectionClosed() {
        return clientGone;
    }

    @Override
    public void onConnectionClosed(Runnable action) {
        onClientGone = action;
    }

    @Override
    public ConversionMemory conversionMemory() {
        return conversions;
    }

    @Override
    public RequestHeader header() {
        return new RequestHeader(request.apiKey(), (short) version, 1, clientId);
    }

    @Override
    public String listenerName() {
        return LISTENER;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return InetSocketAddress.createUnresolved("client", 1);
    }

    @Override
    public long connectionId() {
        return 1;
    }

    @Override
    public String clientSoftwareName() {
        return "unknown";
    }

    @Override
    public String clientSoftwareVersion() {
        return "unknown";
    }

    @Override
    public void introduceClient(String softwareName, String softwareVersion) {}

    @Override
    public long receivedMs() {
        return 0;
    }
}
