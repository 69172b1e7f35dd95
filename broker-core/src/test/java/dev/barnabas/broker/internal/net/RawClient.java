package dev.barnabas.broker.internal.net;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.ResponseHeader;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.barnabas.protocol.message.IncrementalAlterConfigsResponse;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/** A client that sends what it is told to, over a blocking socket. */
public final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket = new Socket();
    private final OutputStream out;
    private final DataInputStream in;
    private int nextCorrelationId;

    public RawClient(String bootstrapServers) throws IOException {
        this(bootstrapServers, 0);
    }

    /** @param receiveBufferBytes of the socket; 0 for the system's default */
    public RawClient(String bootstrapServers, int receiveBufferBytes) throws IOException {
        int colon = bootstrapServers.lastIndexOf(':');
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.connect(
                new InetSocketAddress(
                        bootstrapServers.substring(0, colon), Integer.parseInt(bootstrapServers.substring(colon + 1))),
                TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    public Socket socket() {
        return socket;
    }

    /** The bytes of a request with its length before it. */
    public static byte[] encode(ApiMessage request, int version, int correlationId) {
        WireWriter writer = new WireWriter();
        writer.writeInt32(0);
        new RequestHeader(request.apiKey(), (short) version, correlationId, "raw").write(writer);
        request.write(writer, version);
        writer.setInt32(0, writer.size() - Integer.BYTES);
        return writer.toByteArray();
    }

    /** Sends a request; returns its correlation id. */
    public int send(ApiMessage request, int version) throws IOException {
        int id = nextCorrelationId++;
        send(encode(request, version, id));
        return id;
    }

    public void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The next response's body with its length and header taken off; checks the correlation id. */
    @SuppressWarnings("unchecked")
    public <R extends ApiMessage> R receive(ApiKey api, int version, int correlationId) throws IOException {
        ByteBuf buffer = Unpooled.wrappedBuffer(receiveFrame());
        WireReader reader = new WireReader(buffer);
        ResponseHeader header = ResponseHeader.read(reader, api.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) {
            throw new AssertionError(
                    "correlation id: " + header.correlationId() + " (expected: " + correlationId + ")");
        }
        ApiMessage response = api.newResponse();
        response.read(reader, version);
        if (reader.remaining() != 0) {
            throw new AssertionError("bytes behind the response: " + reader.remaining() + " (expected: 0)");
        }
        return (R) response;
    }

    public byte[] receiveFrame() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    /** Sends a request and receives its answer. */
    public <R extends ApiMessage> R call(ApiMessage request, int version) throws IOException {
        return receive(request.apiKey(), version, send(request, version));
    }

    /** Sets a property of the broker with this id, or of all brokers if it is empty. Returns the error code. */
    short alterBroker(String broker, String name, String value) throws IOException {
        byte brokerResource = 4;
        IncrementalAlterConfigsResponse response = call(
                new IncrementalAlterConfigsRequest()
                        .setResources(List.of(new AlterConfigsResource()
                                .setResourceType(brokerResource)
                                .setResourceName(broker)
                                .setConfigs(List.of(
                                        new AlterableConfig().setName(name).setValue(value))))),
                1);
        return response.responses().get(0).errorCode();
    }

    /** Whether the broker closes the connection before it sends another byte. */
    public boolean isClosedByBroker() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    /** Resets the connection: unlike one that was closed, it is of no use for answers. */
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
