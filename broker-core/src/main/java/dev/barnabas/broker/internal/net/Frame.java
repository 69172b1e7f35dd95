package dev.barnabas.broker.internal.net;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One request's bytes, without the length before them, and what they were charged to. */
final class Frame {

    private final ByteBuf content;
    private final Chunk chunk;
    private final RequestMemory.@Nullable Share share;
    private boolean released;

    /**
     * @param content all of {@code chunk}, or a slice without a reference of its own
     * @param chunk held for the frame
     */
    Frame(ByteBuf content, Chunk chunk, RequestMemory.@Nullable Share share) {
        this.content = content;
        this.chunk = chunk;
        this.share = share;
    }

    ByteBuf content() {
        return content;
    }

    /** Gives the bytes and their charge back; a second call does nothing. On the connection's loop. */
    void release() {
        if (!released) {
            released = true;
            chunk.letGo();
            if (share != null) {
                share.giveBack();
            }
        }
    }
}
