package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

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
    public void append(List<ByteBuf> sources) throws IOException {
        ByteBuffer[] parts = partsOf(sources);
        long length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        for (long left = length; left > 0; ) {
            left -= channel.write(parts);
        }
        size += length;
    }

    private static ByteBuffer[] partsOf(List<ByteBuf> sources) {
        ByteBuffer[] parts = new ByteBuffer[sources.size()];
        for (int i = 0; i < parts.length; i++) {
            ByteBuf source = sources.get(i);
            if (source.nioBufferCount() != 1) {
                return partsOfComposites(sources);
            }
            parts[i] = source.nioBuffer();
        }
        return parts;
    }

    private static ByteBuffer[] partsOfComposites(List<ByteBuf> sources) {
        return sources.stream()
                .flatMap(source -> Stream.of(source.nioBuffers()))
                .toArray(ByteBuffer[]::new);
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
