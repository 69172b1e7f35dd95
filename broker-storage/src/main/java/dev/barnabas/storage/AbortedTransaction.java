package dev.barnabas.storage;

/** An aborted transaction of one producer: its first data offset, the offset of its marker, and the last stable offset then. */
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
