package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.VersionRange;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import io.netty.buffer.ByteBuf;

/** Turns a frame into a request. Stateless; on I/O loops. */
public final class RequestDecoder {

    private final HandlerTable handlers;

    public RequestDecoder(HandlerTable handlers) {
        this.handlers = handlers;
    }

    /**
     * Reads header and body. Bytes behind the body are ignored, as Kafka ignores them.
     *
     * @param frame borrowed; record bytes of the message are slices of it
     * @param elementsMax how many elements all its lists together may hold
     * @throws dev.barnabas.protocol.wire.TooManyElementsException if they hold more
     * @throws MalformedMessageException if it is no request, or one that this broker does not serve
     */
    public DecodedRequest decode(ByteBuf frame, int elementsMax) {
        WireReader in = new WireReader(frame, elementsMax);
        RequestHeader header = RequestHeader.read(in);
        ApiKey api = header.apiKey();
        int version = header.apiVersion();
        VersionRange served = ServedApis.versions(api);
        ApiHandler<?> handler = served == null ? null : handlers.find(api);
        if (served == null || handler == null) {
            throw new MalformedMessageException("api: " + api.apiName() + " (expected: one that ApiVersions lists)");
        }
        ApiMessage message = api.newRequest();
        if (served.contains(version)) {
            message.read(in, version);
            return new DecodedRequest(header, handler, message, version, in.elementsRead());
        }
        if (api == ApiKey.API_VERSIONS) {
            return new DecodedRequest(header, handler, message, 0, 0);
        }
        throw new MalformedMessageException(api.apiName() + " version: " + version + " (expected: " + served + ")");
    }
}
