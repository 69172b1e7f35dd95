package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;

/**
 * Records whose bytes are the readable bytes of a {@link ByteBuf}. Holds no reference count of its own: who made the
 * buffer releases it.
 *
 * @param buffer the bytes, from reader index to writer index
 */
public record ByteBufRecords(ByteBuf buffer) implements Records {

    @Override
    public int sizeInBytes() {
        return buffer.readableBytes();
    }

    @Override
    public void writeTo(ByteBuf out) {
        out.writeBytes(buffer, buffer.readerIndex(), buffer.readableBytes());
    }
}
