package dev.barnabas.storage;

/**
 * The outcome of an append.
 *
 * @param firstOffset offset of the first record
 * @param lastOffset offset of the last record
 * @param maxTimestampMs highest timestamp appended
 * @param logAppendTimeMs the broker's time if the topic uses LogAppendTime, else -1
 * @param logStartOffset the log's start at that moment
 * @param duplicate true if an identical batch was there before; nothing was written and the offsets are the old one's
 */
public record AppendResult(
        long firstOffset,
        long lastOffset,
        long maxTimestampMs,
        long logAppendTimeMs,
        long logStartOffset,
        boolean duplicate) {}
