package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;

/**
 * Snappy blocks in the framing of snappy-java's streams, which is what Java clients write:
 *
 * <pre>
 *  0  magic              82 53 4e 41 50 50 59 00   "\x82SNAPPY\0"
 *  8  version            i32   1
 * 12  compatible since   i32   1
 * 16  per block: length i32, Snappy block
 * </pre>
 *
 * <p>The header may come again between blocks, where two streams were concatenated. Bytes that do not begin with the
 * header are one bare Snappy block, which is what some other clients write.
 */
final class SnappyCodec implements Codec {

    static final SnappyCodec INSTANCE = new SnappyCodec();

    private static final long MAGIC = 0x82534e4150505900L;
    private static final int MAGIC_FIRST_HALF = (int) (MAGIC >>> 32);
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 16;
    private static final int BLOCK_BYTES = 32 * 1024;

    /** The densest element, a copy of 64 bytes, takes three: no block yields more than this many times its size. */
    private static final int RATIO_MAX = 22;

    private SnappyCodec() {
        Snappy.maxCompressedLength(BLOCK_BYTES);
    }

    @Override
    public Decompressor newDecompressor(byte magic) {
        return new SnappyDecompressor();
    }

    @Override
    public void compress(ByteBuf in, ByteBuf out, int level, byte magic) {
        var block = new byte[BLOCK_BYTES];
        var compressed = new byte[Snappy.maxCompressedLength(BLOCK_BYTES)];
        out.writeLong(MAGIC).writeInt(VERSION).writeInt(VERSION);
        try {
            for (int from = in.readerIndex(); from < in.writerIndex(); from += BLOCK_BYTES) {
                int length = Math.min(BLOCK_BYTES, in.writerIndex() - from);
                in.getBytes(from, block, 0, length);
                int compressedLength = Snappy.compress(block, 0, length, compressed, 0);
                out.writeInt(compressedLength).writeBytes(compressed, 0, compressedLength);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class SnappyDecompressor extends Decompressor {

        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        private ByteBuffer in = NOTHING;
        private byte[] block = new byte[0];
        private boolean bare;

        @Override
        void start(ByteBuffer in) throws IOException {
            if (!in.hasRemaining()) {
                throw new IOException("empty (expected: a Snappy stream)");
            }
            this.in = in;
            this.bare = in.remaining() < HEADER_BYTES || in.getLong(in.position()) != MAGIC;
            if (!bare) {
                readHeader();
            }
        }

        @Override
        int inflate() throws IOException {
            if (bare) {
                return in.hasRemaining() ? inflateBlock(in.remaining()) : -1;
            }
            while (in.remaining() >= Integer.BYTES) {
                if (in.getInt(in.position()) == MAGIC_FIRST_HALF) {
                    readHeader();
                    continue;
                }
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new IOException("Snappy block length: " + length + " (expected: 0-" + in.remaining() + ")");
                }
                int count = inflateBlock(length);
                if (count > 0) {
                    return count;
                }
            }
            return -1;
        }

        @Override
        void stop() {
            in = NOTHING;
        }

        private void readHeader() throws IOException {
            if (in.remaining() < HEADER_BYTES || in.getLong() != MAGIC) {
                throw new IOException("Snappy stream header: broken (expected: 82 53 4e 41 50 50 59 00 and versions)");
            }
            int version = in.getInt();
            in.getInt();
            if (version < VERSION) {
                throw new IOException("Snappy stream version: " + version + " (expected: at least " + VERSION + ")");
            }
        }

        private int inflateBlock(int length) throws IOException {
            if (block.length < length) {
                block = new byte[length];
            }
            in.get(block, 0, length);
            int count = Snappy.uncompressedLength(block, 0, length);
            if (count < 0 || count > (long) length * RATIO_MAX) {
                throw new IOException("Snappy block of " + length + " bytes: announces " + count
                        + " (expected: at most " + RATIO_MAX + " times its length)");
            }
            if (count > bytesAllowed()) {
                return count;
            }
            return Snappy.uncompress(block, 0, length, window(count), 0);
        }
    }
}
