package dev.barnabas.broker.internal.net;

import io.netty.buffer.ByteBuf;

/** Bytes as they came from the socket. Held by the reader, and by each frame that was cut out of them. On the loop. */
final class Chunk {

    private final ByteBuf bytes;
    private final SpareBuffers buffers;
    private int holders = 1;

    /** @param buffers get {@code bytes} back when nobody holds them any more */
    Chunk(ByteBuf bytes, SpareBuffers buffers) {
        this.bytes = bytes;
        this.buffers = buffers;
    }

    ByteBuf bytes() {
        return bytes;
    }

    Chunk hold() {
        holders++;
        return this;
    }

    void letGo() {
        holders--;
        if (holders == 0) {
            buffers.giveBack(bytes);
        }
    }
}
