package dev.barnabas.protocol;

import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;

/**
 * What precedes a response's body: {@code correlationId:int32}, then tagged fields if {@link ApiKey#responseHeaderVersion}
 * is 1. Kafka has never defined such a field.
 *
 * @param correlationId the request's
 */
public record ResponseHeader(int correlationId) {

    /** Reads a header of {@code headerVersion}; tagged fields are skipped. */
    public static ResponseHeader read(WireReader in, int headerVersion) {
        int correlationId = in.readInt32();
        if (headerVersion > 0) {
            in.readUnknownTaggedFields();
        }
        return new ResponseHeader(correlationId);
    }

    /** Appends the header in the layout of {@code headerVersion}. */
    public void write(WireWriter out, int headerVersion) {
        out.writeInt32(correlationId);
        if (headerVersion > 0) {
            out.writeUnknownTaggedFields(null);
        }
    }
}
