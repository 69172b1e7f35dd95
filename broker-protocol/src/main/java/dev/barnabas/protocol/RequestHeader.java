package dev.barnabas.protocol;

import dev.barnabas.protocol.message.RequestHeaderData;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/**
 * What precedes a request's body: {@code apiKey:int16 version:int16 correlationId:int32 clientId:string?}, then tagged
 * fields if the version is flexible. The client id keeps its plain length in every version.
 *
 * @param apiKey the API
 * @param apiVersion the version of request and response; not checked against the API's versions, and so perhaps negative
 * @param correlationId what the client recognises the response by
 * @param clientId the client's name for itself; header version 0 has none
 */
public record RequestHeader(
        ApiKey apiKey,
        short apiVersion,
        int correlationId,
        @Nullable String clientId) {

    /**
     * Reads a header, whose own version follows from its first four bytes.
     *
     * @throws MalformedMessageException if there is no such API, or the bytes are no header
     */
    public static RequestHeader read(WireReader in) {
        int id = in.peekInt16(0);
        ApiKey apiKey = ApiKey.forId(id);
        if (apiKey == null) {
            throw new MalformedMessageException(
                    "apiKey: " + id + " (expected: 0-" + (ApiKey.values().length - 1) + ")");
        }
        short apiVersion = in.peekInt16(2);
        RequestHeaderData data = new RequestHeaderData();
        data.read(in, apiKey.requestHeaderVersion(apiVersion));
        return new RequestHeader(apiKey, apiVersion, data.correlationId(), data.clientId());
    }

    /** Appends the header. */
    public void write(WireWriter out) {
        new RequestHeaderData()
                .setRequestApiKey(apiKey.id())
                .setRequestApiVersion(apiVersion)
                .setCorrelationId(correlationId)
                .setClientId(clientId)
                .write(out, apiKey.requestHeaderVersion(apiVersion));
    }
}
