package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Gzip (RFC 1952), by the JDK. */
final class GzipCodec implements Codec {

    static final GzipCodec INSTANCE = new GzipCodec();

    private static final int COMPRESSED_CHUNK_BYTES = 8 * 1024;
    private static final int WINDOW_BYTES = 32 * 1024;

    @Override
    public Decompressor newDecompressor(byte magic) {
        return new GzipDecompressor();
    }

    @Override
    public void compress(ByteBuf in, ByteBuf out, int level, byte magic) {
        try (var gzip = new LevelledGzip(new ByteBufOutputStream(out), level)) {
            in.getBytes(in.readerIndex(), gzip, in.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class LevelledGzip extends GZIPOutputStream {
        LevelledGzip(OutputStream out, int level) throws IOException {
            super(out, COMPRESSED_CHUNK_BYTES);
            def.setLevel(level);
        }
    }

    private static final class GzipDecompressor extends Decompressor {

        private @Nullable InputStream gzip;

        @Override
        void start(ByteBuffer in) throws IOException {
            gzip = new GZIPInputStream(new ByteBufInputStream(Unpooled.wrappedBuffer(in)), COMPRESSED_CHUNK_BYTES);
        }

        @Override
        int inflate() throws IOException {
            var window = window(WINDOW_BYTES);
            return gzip == null ? -1 : gzip.read(window, 0, window.length);
        }

        @Override
        void stop() {
            if (gzip == null) {
                return;
            }
            try {
                gzip.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                gzip = null;
            }
        }
    }
}
