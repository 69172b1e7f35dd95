package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file behind a {@link FileChannel}, whose own position is always the end of the file. */
final class DiskFile extends CountedFile {
    private final FileChannel channel;
    private volatile long size;

    DiskFile(Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        size = channel.size();
        channel.position(size);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void append(ByteBuf source, int index, int length) throws IOException {
        long sizeBefore = size;
        if (source.nioBufferCount() == 1) {
            var bytes = source.nioBuffer(index, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } else {
            writeGathering(source.nioBuffers(index, length), length);
        }
        size = sizeBefore + length;
    }

    private void writeGathering(ByteBuffer[] parts, int length) throws IOException {
        long left = length;
        while (left > 0) {
            left -= channel.write(parts);
        }
    }

    @Override
    public int read(ByteBuf target, long position, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = target.writeBytes(channel, position + done, length - done);
            if (count < 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    @Override
    public void truncate(long newSize) throws IOException {
        channel.truncate(newSize);
        size = channel.size();
        channel.position(size);
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
