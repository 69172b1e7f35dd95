package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file's content on the heap, in chunks that never move: the first of 4 KiB, each next one twice as large up to 256 KiB,
 * and from there all alike. An empty file costs no chunk, a large one no large array.
 *
 * <p>Readers on other threads see chunk {@code i} because the array of chunks is published whenever a chunk is added.
 */
final class MemoryFile {
    private static final int FIRST_CHUNK_BITS = 12;
    private static final int LAST_CHUNK_BITS = 18;
    private static final int GROWING_CHUNKS = LAST_CHUNK_BITS - FIRST_CHUNK_BITS;
    /** Bytes in the chunks that are smaller than the largest. */
    private static final long GROWING_BYTES = (1L << LAST_CHUNK_BITS) - (1L << FIRST_CHUNK_BITS);

    private static final byte[][] NO_CHUNKS = {};

    private volatile byte[][] chunks = NO_CHUNKS;
    private volatile long size;
    private volatile long forcedSize;

    long size() {
        return size;
    }

    long forcedSize() {
        return forcedSize;
    }

    void append(ByteBuf source, int index, int length) {
        long position = size;
        int done = 0;
        while (done < length) {
            int chunk = chunkAt(position + done);
            var bytes = chunkForWriting(chunk);
            int offset = (int) (position + done - startOf(chunk));
            int count = Math.min(length - done, bytes.length - offset);
            source.getBytes(index + done, bytes, offset, count);
            done += count;
        }
        size = position + length;
    }

    int read(ByteBuf target, long position, int length) {
        int wanted = (int) Math.min(length, size - position);
        var current = chunks;
        int done = 0;
        while (done < wanted) {
            int chunk = chunkAt(position + done);
            int offset = (int) (position + done - startOf(chunk));
            int count = Math.min(wanted - done, current[chunk].length - offset);
            target.writeBytes(current[chunk], offset, count);
            done += count;
        }
        return done;
    }

    void truncate(long newSize) {
        if (newSize >= size) {
            return;
        }
        size = newSize;
        forcedSize = Math.min(forcedSize, newSize);
        int kept = newSize == 0 ? 0 : chunkAt(newSize - 1) + 1;
        chunks = Arrays.copyOf(chunks, kept);
    }

    void force() {
        forcedSize = size;
    }

    /** A copy of the first bytes, all of them forced. */
    MemoryFile copy(long length) {
        var copy = new MemoryFile();
        var current = chunks;
        int kept = length == 0 ? 0 : chunkAt(length - 1) + 1;
        var copied = new byte[kept][];
        for (int i = 0; i < kept; i++) {
            copied[i] = current[i].clone();
        }
        copy.chunks = copied;
        copy.size = length;
        copy.forcedSize = length;
        return copy;
    }

    private byte[] chunkForWriting(int chunk) {
        var current = chunks;
        if (chunk < current.length) {
            return current[chunk];
        }
        var grown = Arrays.copyOf(current, chunk + 1);
        grown[chunk] = new byte[1 << Math.min(FIRST_CHUNK_BITS + chunk, LAST_CHUNK_BITS)];
        chunks = grown;
        return grown[chunk];
    }

    private static int chunkAt(long position) {
        if (position >= GROWING_BYTES) {
            return GROWING_CHUNKS + (int) ((position - GROWING_BYTES) >>> LAST_CHUNK_BITS);
        }
        long units = (position >>> FIRST_CHUNK_BITS) + 1;
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(units);
    }

    private static long startOf(int chunk) {
        return chunk >= GROWING_CHUNKS
                ? GROWING_BYTES + ((long) (chunk - GROWING_CHUNKS) << LAST_CHUNK_BITS)
                : ((1L << chunk) - 1) << FIRST_CHUNK_BITS;
    }

    /** An opened {@link MemoryFile}. */
    static final class Handle extends CountedFile {
        private final MemoryFile file;

        Handle(MemoryFile file) {
            this.file = file;
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void append(List<ByteBuf> sources) {
            for (ByteBuf source : sources) {
                file.append(source, source.readerIndex(), source.readableBytes());
            }
        }

        @Override
        public int read(ByteBuf target, long position, int length) {
            return file.read(target, position, length);
        }

        @Override
        public void truncate(long size) {
            file.truncate(size);
        }

        @Override
        public void force() {
            file.force();
        }

        @Override
        public @Nullable FileChannel channel() {
            return null;
        }

        @Override
        void close() {}
    }
}
