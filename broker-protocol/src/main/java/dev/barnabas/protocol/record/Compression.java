package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;

/**
 * How the records of a batch are compressed: attribute bits 0-2. Gzip is the JDK's; the libraries of the others are
 * optional and touched only by the first batch that needs them.
 */
public enum Compression {
    NONE("none", "", 0, 0, 0),
    GZIP("gzip", "", 1, 9, -1),
    SNAPPY("snappy", "org.xerial.snappy:snappy-java", 0, 0, 0),
    LZ4("lz4", "at.yawk.lz4:lz4-java", 1, 17, 9),
    /** KIP-110: message format 2 only, Produce v7 and Fetch v10 onwards. */
    ZSTD("zstd", "com.github.luben:zstd-jni", -(1 << 17), 22, 3);

    private static final Compression[] BY_ID = values();

    private final String configName;
    private final String artifact;
    private final int levelMin;
    private final int levelMax;
    private final int levelDefault;

    Compression(String configName, String artifact, int levelMin, int levelMax, int levelDefault) {
        this.configName = configName;
        this.artifact = artifact;
        this.levelMin = levelMin;
        this.levelMax = levelMax;
        this.levelDefault = levelDefault;
    }

    /** The number in a batch's attributes. */
    public int id() {
        return ordinal();
    }

    /** The name by which {@code compression.type} knows this codec. */
    public String configName() {
        return configName;
    }

    /** The lowest level, of those that {@code compression.<codec>.level} takes (KIP-390). */
    public int levelMin() {
        return levelMin;
    }

    /** The highest level. */
    public int levelMax() {
        return levelMax;
    }

    /** The level used where none is set. */
    public int levelDefault() {
        return levelDefault;
    }

    /** Whether {@code id}, three attribute bits, is the number of a codec. */
    public static boolean isKnown(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    /**
     * The codec with number {@code id}.
     *
     * @throws CorruptBatchException if there is none
     */
    public static Compression forId(int id) {
        if (!isKnown(id)) {
            throw new CorruptBatchException("compression: " + id + " (expected: 0-4)");
        }
        return BY_ID[id];
    }

    /**
     * The codec that {@code compression.type} calls {@code name}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Compression forConfigName(String name) {
        for (var compression : BY_ID) {
            if (compression.configName.equals(name)) {
                return compression;
            }
        }
        throw new IllegalArgumentException("compression: " + name + " (expected: none, gzip, snappy, lz4, zstd)");
    }

    /**
     * Appends the compressed form of {@code in}'s readable bytes to {@code out}, in the framing that Kafka's clients
     * use. Does not move {@code in}'s indices.
     *
     * @param level from {@link #levelMin()} to {@link #levelMax()}, or {@link #levelDefault()}
     * @throws UnsupportedCompressionException if the codec's library is missing
     */
    public void compress(ByteBuf in, ByteBuf out, int level) {
        compress(in, out, level, RecordBatch.MAGIC_V2);
    }

    void compress(ByteBuf in, ByteBuf out, int level, byte magic) {
        if (this == NONE) {
            out.writeBytes(in, in.readerIndex(), in.readableBytes());
        } else {
            codec().compress(in, out, level, magic);
        }
    }

    /**
     * Appends the decompressed form of {@code in}'s readable bytes to {@code out}. Memory is taken as bytes come out,
     * never because the input announces them. Does not move {@code in}'s indices.
     *
     * @throws UnsupportedCompressionException if the codec's library is missing
     * @throws DecompressionException if the bytes are broken or yield more than {@code bytesMax}
     */
    public void decompress(ByteBuf in, ByteBuf out, long bytesMax) {
        var decompressor = newDecompressor(RecordBatch.MAGIC_V2);
        try {
            decompressor.open(in, in.readerIndex(), in.readableBytes(), bytesMax);
            decompressor.readRemaining(out);
        } finally {
            decompressor.close();
        }
    }

    Decompressor newDecompressor(byte magic) {
        return codec().newDecompressor(magic);
    }

    private Codec codec() {
        try {
            return switch (this) {
                case NONE -> throw new IllegalStateException("compression: none (expected: a codec)");
                case GZIP -> GzipCodec.INSTANCE;
                case SNAPPY -> SnappyCodec.INSTANCE;
                case LZ4 -> Lz4Codec.INSTANCE;
                case ZSTD -> ZstdCodec.INSTANCE;
            };
        } catch (LinkageError e) {
            throw new UnsupportedCompressionException(
                    "compression: " + configName + " (expected: " + artifact + " on the class path; " + e + ")");
        }
    }
}
