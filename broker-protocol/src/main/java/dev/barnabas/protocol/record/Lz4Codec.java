package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The LZ4 frame format, 1.5.1, by lz4-java's block functions. Little-endian:
 *
 * <pre>
 * 0  magic           u32   0x184d2204
 * 4  FLG             u8    6-7 version 1, 5 independent blocks, 4 block checksums, 3 content size, 2 content checksum
 * 5  BD              u8    4-6 largest block: 4 64 KiB, 5 256 KiB, 6 1 MiB, 7 4 MiB
 *    [content size]  u64   with FLG bit 3
 *    HC              u8    second byte of the XXH32 of FLG to content size
 *    per block: length u32 (bit 31: not compressed), bytes, [XXH32 u32 with FLG bit 4]
 *    end mark        u32   0
 *    [content XXH32] u32   with FLG bit 2
 * </pre>
 *
 * <p>Written with 64 KiB blocks and no optional part. Read with blocks that are independent of each other; the content
 * checksum is not looked at, the batch's own covers it. Kafka's clients before 0.10 computed HC over the magic too
 * (KAFKA-3160), and message format 0 keeps that for ever: it is written so there, and not looked at when read.
 */
final class Lz4Codec implements Codec {

    static final Lz4Codec INSTANCE = new Lz4Codec();

    private static final int MAGIC = 0x184d2204;
    private static final int FLG = 0x60;
    private static final int FLG_RESERVED_MASK = 0x03;
    private static final int FLG_CONTENT_SIZE = 0x08;
    private static final int FLG_BLOCK_CHECKSUM = 0x10;
    private static final int FLG_INDEPENDENT_BLOCKS = 0x20;
    private static final int BD_64_KIB = 0x40;
    private static final int BD_RESERVED_MASK = 0x8f;
    private static final int NOT_COMPRESSED = 0x80000000;
    private static final int BLOCK_BYTES = 64 * 1024;

    /** No LZ4 block yields more than this many times its size. */
    private static final int RATIO_MAX = 255;

    private final LZ4Factory factory = LZ4Factory.fastestInstance();
    private final LZ4SafeDecompressor decompressor = factory.safeDecompressor();
    private final XXHash32 hash = XXHashFactory.fastestInstance().hash32();

    @Override
    public Decompressor newDecompressor(byte magic) {
        return new Lz4Decompressor(decompressor, hash, magic == RecordBatch.MAGIC_V0);
    }

    @Override
    public void compress(ByteBuf in, ByteBuf out, int level, byte magic) {
        LZ4Compressor compressor =
                level == Compression.LZ4.levelDefault() ? factory.fastCompressor() : factory.highCompressor(level);
        writeHeader(out, magic == RecordBatch.MAGIC_V0);
        var block = new byte[BLOCK_BYTES];
        var compressed = new byte[compressor.maxCompressedLength(BLOCK_BYTES)];
        for (int from = in.readerIndex(); from < in.writerIndex(); from += BLOCK_BYTES) {
            int length = Math.min(BLOCK_BYTES, in.writerIndex() - from);
            in.getBytes(from, block, 0, length);
            int compressedLength = compressor.compress(block, 0, length, compressed, 0);
            if (compressedLength < length) {
                out.writeIntLE(compressedLength).writeBytes(compressed, 0, compressedLength);
            } else {
                out.writeIntLE(length | NOT_COMPRESSED).writeBytes(block, 0, length);
            }
        }
        out.writeIntLE(0);
    }

    private void writeHeader(ByteBuf out, boolean hashCoversMagic) {
        var header = new byte[] {0x04, 0x22, 0x4d, 0x18, FLG, BD_64_KIB};
        int from = hashCoversMagic ? 0 : Integer.BYTES;
        out.writeBytes(header).writeByte(hash.hash(header, from, header.length - from, 0) >> 8);
    }

    private static final class Lz4Decompressor extends Decompressor {

        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        private final LZ4SafeDecompressor decompressor;
        private final XXHash32 hash;
        private final boolean anyHeaderChecksum;
        private ByteBuffer in = NOTHING;
        private int blockBytesMax;
        private boolean blockChecksums;

        Lz4Decompressor(LZ4SafeDecompressor decompressor, XXHash32 hash, boolean anyHeaderChecksum) {
            this.decompressor = decompressor;
            this.hash = hash;
            this.anyHeaderChecksum = anyHeaderChecksum;
        }

        @Override
        void start(ByteBuffer bytes) throws IOException {
            in = bytes.order(ByteOrder.LITTLE_ENDIAN);
            if (take(Integer.BYTES, "magic").getInt() != MAGIC) {
                throw new IOException("LZ4 frame magic: not 0x184d2204 (expected: 0x184d2204)");
            }
            int descriptor = in.position();
            take(2, "descriptor");
            int flg = in.get();
            int bd = in.get();
            checkDescriptor(flg, bd);
            if ((flg & FLG_CONTENT_SIZE) != 0) {
                take(Long.BYTES, "content size").getLong();
            }
            int descriptorLength = in.position() - descriptor;
            byte checksum = take(1, "descriptor checksum").get();
            if (!anyHeaderChecksum && checksum != (byte) (hash.hash(in, descriptor, descriptorLength, 0) >> 8)) {
                throw new IOException("LZ4 frame descriptor: corrupt (expected: a matching checksum)");
            }
            blockBytesMax = 1 << (2 * (bd >> 4) + 8);
            blockChecksums = (flg & FLG_BLOCK_CHECKSUM) != 0;
        }

        private static void checkDescriptor(int flg, int bd) throws IOException {
            if ((flg & 0xff) >> 6 != 1 || (flg & FLG_RESERVED_MASK) != 0 || (flg & FLG_INDEPENDENT_BLOCKS) == 0) {
                throw new IOException("LZ4 frame FLG: " + (flg & 0xff) + " (expected: version 1, independent blocks)");
            }
            if ((bd & BD_RESERVED_MASK) != 0 || bd < BD_64_KIB) {
                throw new IOException("LZ4 frame BD: " + (bd & 0xff) + " (expected: 64, 80, 96 or 112)");
            }
        }

        @Override
        int inflate() throws IOException {
            int count = 0;
            while (count == 0) {
                int word = take(Integer.BYTES, "block length").getInt();
                int length = word & ~NOT_COMPRESSED;
                if (length == 0) {
                    return -1;
                }
                if (length > blockBytesMax) {
                    throw new IOException("LZ4 block length: " + length + " (expected: at most " + blockBytesMax + ")");
                }
                int block = take(length, "block").position();
                count = word < 0 ? copyBlock(block, length) : inflateBlock(block, length);
                in.position(block + length);
                if (blockChecksums
                        && take(Integer.BYTES, "block checksum").getInt() != hash.hash(in, block, length, 0)) {
                    throw new IOException("LZ4 block: corrupt (expected: a matching checksum)");
                }
            }
            return count;
        }

        @Override
        void stop() {
            in = NOTHING;
        }

        private int copyBlock(int block, int length) {
            in.get(block, window(length), 0, length);
            return length;
        }

        private int inflateBlock(int block, int length) throws IOException {
            int countMax = (int) Math.min(blockBytesMax, (long) length * RATIO_MAX);
            var out = window(countMax);
            try {
                return decompressor.decompress(in, block, length, ByteBuffer.wrap(out), 0, countMax);
            } catch (LZ4Exception e) {
                throw new IOException("LZ4 block: " + e.getMessage(), e);
            }
        }

        private ByteBuffer take(int bytes, String what) throws IOException {
            if (in.remaining() < bytes) {
                throw new IOException("LZ4 frame: ends in its " + what + " (expected: " + bytes + " bytes)");
            }
            return in;
        }
    }
}
