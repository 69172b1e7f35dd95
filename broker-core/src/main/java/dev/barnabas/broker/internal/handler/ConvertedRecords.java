package dev.barnabas.broker.internal.handler;

import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Records in an older message format than the log's, made for one answer; owns its buffer. */
record ConvertedRecords(ByteBuf buffer) implements RecordSlice {

    @Override
    public int sizeInBytes() {
        return buffer.readableBytes();
    }

    @Override
    public @Nullable FileChannel channel() {
        return null;
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public void writeTo(ByteBuf out, int offset, int length) {
        out.writeBytes(buffer, buffer.readerIndex() + offset, length);
    }

    @Override
    public int ownBytes() {
        return buffer.capacity();
    }

    @Override
    public void release() {
        buffer.release();
    }
}
