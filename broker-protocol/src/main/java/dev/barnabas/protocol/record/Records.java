package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;

/**
 * A run of record batches on its way through the broker: the type of every {@code records} field of the protocol.
 *
 * <p>The bytes may lie in memory ({@link ByteBufRecords}: a slice of the frame that brought them) or in a file (a
 * storage slice, which the front end hands to {@code sendfile}). Whoever takes a {@code Records} out of a decoded
 * request borrows it: it is valid until the request is released.
 */
public interface Records {

    /** Length in bytes. */
    int sizeInBytes();

    /** Appends all bytes to {@code out}; neither consumes nor releases this object. */
    void writeTo(ByteBuf out);
}
