package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

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
        if (sources.size() == 1 && sources.get(0).nioBufferCount() == 1) {
            ByteBuffer bytes = sources.get(0).nioBuffer();
            int length = bytes.remaining();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            size += length;
        } else {
            List<ByteBuffer> parts = new ArrayList<>(sources.size());
            long length = 0;
            for (ByteBuf source : sources) {
                addParts(source, parts);
                length += source.readableBytes();
            }
            writeGathering(parts.toArray(new ByteBuffer[0]), length);
            size += length;
        }
    }

    private static void addParts(ByteBuf source, List<ByteBuffer> parts) {
        if (source.nioBufferCount() == 1) {
            parts.add(source.nioBuffer());
        } else {
            parts.addAll(List.of(source.nioBuffers()));
        }
    }

    private void writeGathering(ByteBuffer[] parts, long length) throws IOException {
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
