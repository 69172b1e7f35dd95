package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.request.ConversionMemory;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Records in an older message format than the log's, made for one answer.
 *
 * @param buffer owned
 * @param memory what the buffer is charged to
 * @param ownBytes for how much
 */
record ConvertedRecords(ByteBuf buffer, ConversionMemory memory, int ownBytes) implements RecordSlice {

    static ConvertedRecords chargedTo(ConversionMemory memory, ByteBuf buffer) {
        int bytes = buffer.capacity();
        memory.take(bytes);
        return new ConvertedRecords(buffer, memory, bytes);
    }

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
    public void release() {
        buffer.release();
        memory.giveBack(ownBytes);
    }
}
