package dev.barnabas.broker.internal.net;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One request's bytes, without the length before them, and what they were charged to. */
final class Frame {

    private final ByteBuf content;
    private final RequestMemory.@Nullable Share share;
    private boolean released;

    Frame(ByteBuf content, RequestMemory.@Nullable Share share) {
        this.content = content;
        this.share = share;
    }

    ByteBuf content() {
        return content;
    }

    /** Gives the bytes and their charge back; a second call does nothing. On the connection's loop. */
    void release() {
        if (!released) {
            released = true;
            content.release();
            if (share != null) {
                share.giveBack();
            }
        }
    }
}
