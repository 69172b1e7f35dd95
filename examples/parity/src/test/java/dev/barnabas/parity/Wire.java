package dev.barnabas.parity;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker, driven by hand: frames out, frames in, nothing negotiated and nothing retried. Bodies are written and read by
 * kafka-clients' own message classes. Used by one thread.
 */
final class Wire implements AutoCloseable {
    private static final int PROBE = Integer.MAX_VALUE;

    private final Socket socket;
    private final DataInputStream in;
    private int correlationId;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a request and returns its correlation id. */
    int send(ApiKeys api, short version, ApiMessage body, @Nullable String clientId) throws IOException {
        int id = ++correlationId;
        var header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setClientId(clientId)
                .setCorrelationId(id);
        sendFrame(bytes(header, api.requestHeaderVersion(version)), bytes(body, version));
        return id;
    }

    /** Sends the parts as one frame, whatever they hold. */
    void sendFrame(ByteBuffer... parts) throws IOException {
        int length = 0;
        for (var part : parts) {
            length += part.remaining();
        }
        var frame = ByteBuffer.allocate(4 + length).putInt(length);
        for (var part : parts) {
            frame.put(part.duplicate());
        }
        sendBytes(frame.array());
    }

    void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends ApiVersions, which every broker answers, with a correlation id that no other question has. */
    void sendProbe() throws IOException {
        sendFrame(header(ApiKeys.API_VERSIONS.id, (short) 0, PROBE, (short) 1));
    }

    static boolean isAnswerToProbe(ByteBuffer frame) {
        return frame.getInt(0) == PROBE;
    }

    /** The next frame, or null when the broker closed the connection; {@link SocketTimeoutException} when neither happens in time. */
    @Nullable
    ByteBuffer receive(int waitMs) throws IOException {
        socket.setSoTimeout(waitMs);
        try {
            var frame = new byte[in.readInt()];
            in.readFully(frame);
            return ByteBuffer.wrap(frame);
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** Reads header and body of a response frame; a byte left over or missing is an error. */
    static ApiMessage decode(ApiKeys api, short version, int correlationId, ByteBuffer frame) {
        var header = ResponseHeader.parse(frame, api.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) {
            throw new IllegalStateException(
                    "correlation id: " + header.correlationId() + " (expected: " + correlationId + ")");
        }
        var body = api.messageType.newResponse();
        body.read(new ByteBufferAccessor(frame), version);
        if (frame.hasRemaining()) {
            throw new IllegalStateException("bytes after the body: " + frame.remaining() + " (expected: 0)");
        }
        return body;
    }

    static ByteBuffer header(short api, short version, int correlationId, short headerVersion) {
        return bytes(
                new RequestHeaderData()
                        .setRequestApiKey(api)
                        .setRequestApiVersion(version)
                        .setClientId("parity")
                        .setCorrelationId(correlationId),
                headerVersion);
    }

    static ByteBuffer bytes(org.apache.kafka.common.protocol.Message message, short version) {
        return MessageUtil.toByteBufferAccessor(message, version).buffer();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
