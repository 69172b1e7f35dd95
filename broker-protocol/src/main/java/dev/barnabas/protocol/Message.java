package dev.barnabas.protocol;

import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;

/**
 * One message of Kafka's protocol: a request, a response, a header, or a record of an internal topic. The
 * implementations are generated at build time from Kafka's message schemas, one class holding every version.
 */
public interface Message {

    /** The lowest version that {@link #read} and {@link #write} accept. */
    int lowestVersion();

    /** The highest version that {@link #read} and {@link #write} accept. */
    int highestVersion();

    /**
     * Sets every field from {@code in}; a field that {@code version} does not have takes its default.
     *
     * @throws dev.barnabas.protocol.wire.MalformedMessageException if the bytes are no such message
     */
    void read(WireReader in, int version);

    /**
     * Appends this message in the layout of {@code version}.
     *
     * @throws UnsupportedFieldException if a field that {@code version} cannot carry, and that may not be left out, is
     *     set
     */
    void write(WireWriter out, int version);
}
