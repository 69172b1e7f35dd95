package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;

/**
 * One compression library, in the framing Kafka's clients use. Each implementation is the only class that mentions its
 * library, so that a missing one shows when its codec is first used and not before. Stateless; any thread.
 */
interface Codec {

    /** A decompressor for batches of message format {@code magic}. */
    Decompressor newDecompressor(byte magic);

    /** Appends the compressed form of {@code in}'s readable bytes to {@code out}; does not move {@code in}'s indices. */
    void compress(ByteBuf in, ByteBuf out, int level, byte magic);
}
