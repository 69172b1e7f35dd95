package dev.barnabas.protocol.record;

import com.github.luben.zstd.BufferPool;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Zstandard frames (RFC 8878), by zstd-jni. */
final class ZstdCodec implements Codec {

    static final ZstdCodec INSTANCE = new ZstdCodec();

    private static final int WINDOW_BYTES = 64 * 1024;

    private ZstdCodec() {
        Zstd.maxCompressionLevel();
    }

    @Override
    public Decompressor newDecompressor(byte magic) {
        return new ZstdDecompressor();
    }

    @Override
    public void compress(ByteBuf in, ByteBuf out, int level, byte magic) {
        try (var zstd = new ZstdOutputStreamNoFinalizer(new ByteBufOutputStream(out), new OneBuffer(), level)) {
            in.getBytes(in.readerIndex(), zstd, in.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps the one buffer that a stream takes at a time, from batch to batch. */
    private static final class OneBuffer implements BufferPool {

        private @Nullable ByteBuffer kept;

        @Override
        public ByteBuffer get(int capacity) {
            var buffer = kept;
            kept = null;
            return buffer != null && buffer.capacity() >= capacity ? buffer.clear() : ByteBuffer.allocate(capacity);
        }

        @Override
        public void release(ByteBuffer buffer) {
            kept = buffer;
        }
    }

    private static final class ZstdDecompressor extends Decompressor {

        private final OneBuffer pool = new OneBuffer();
        private @Nullable ZstdInputStreamNoFinalizer zstd;

        @Override
        void start(ByteBuffer in) throws IOException {
            zstd = new ZstdInputStreamNoFinalizer(new ByteBufInputStream(Unpooled.wrappedBuffer(in)), pool);
        }

        @Override
        int inflate() throws IOException {
            var window = window(WINDOW_BYTES);
            int count = zstd == null ? -1 : zstd.read(window, 0, window.length);
            return count == 0 ? -1 : count;
        }

        @Override
        void stop() {
            if (zstd == null) {
                return;
            }
            try {
                zstd.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                zstd = null;
            }
        }
    }
}
