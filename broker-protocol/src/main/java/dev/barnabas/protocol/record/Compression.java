package dev.barnabas.protocol.record;

/** How the records of a batch are compressed: attribute bits 0-2. */
public enum Compression {
    NONE("none"),
    GZIP("gzip"),
    SNAPPY("snappy"),
    LZ4("lz4"),
    /** KIP-110: message format 2 only, Produce v7 and Fetch v10 onwards. */
    ZSTD("zstd");

    private static final Compression[] BY_ID = values();

    private final String configName;

    Compression(String configName) {
        this.configName = configName;
    }

    /** The number in a batch's attributes. */
    public int id() {
        return ordinal();
    }

    /** The name by which {@code compression.type} knows this codec. */
    public String configName() {
        return configName;
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
}
