package dev.barnabas.storage;

/** A leader epoch and the offset after its last record; (-1, -1) where undefined. */
public record EpochEndOffset(int epoch, long endOffset) {

    public static final EpochEndOffset UNDEFINED = new EpochEndOffset(-1, -1L);
}
