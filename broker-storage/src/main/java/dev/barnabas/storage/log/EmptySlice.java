package dev.barnabas.storage.log;

import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** No batch at all. */
enum EmptySlice implements RecordSlice {
    INSTANCE;

    @Override
    public @Nullable FileChannel channel() {
        return null;
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public int sizeInBytes() {
        return 0;
    }

    @Override
    public void writeTo(ByteBuf out, int offset, int length) {}

    @Override
    public void release() {}
}
