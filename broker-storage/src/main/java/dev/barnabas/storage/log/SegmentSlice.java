package dev.barnabas.storage.log;

import dev.barnabas.storage.RecordSlice;
import dev.barnabas.storage.file.BlockFile;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Part of a segment's file; holds a reference to the file. */
final class SegmentSlice implements RecordSlice {
    private final BlockFile file;
    private final int position;
    private final int length;

    SegmentSlice(BlockFile file, int position, int length) {
        this.file = file;
        this.position = position;
        this.length = length;
        file.retain();
    }

    @Override
    public @Nullable FileChannel channel() {
        return file.channel();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int sizeInBytes() {
        return length;
    }

    @Override
    public void writeTo(ByteBuf out, int offset, int wanted) {
        if (offset < 0 || wanted < 0 || wanted > length - offset) {
            throw new IndexOutOfBoundsException(
                    "range: " + offset + "+" + wanted + " (expected: within 0.." + length + ")");
        }
        try {
            int count = file.read(out, (long) position + offset, wanted);
            if (count < wanted) {
                throw new IOException("bytes of the slice: " + (offset + count) + " (expected: " + length + ")");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void release() {
        file.release();
    }
}
