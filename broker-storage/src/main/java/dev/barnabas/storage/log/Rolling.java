package dev.barnabas.storage.log;

import dev.barnabas.storage.LogConfig;
import java.io.IOException;

/** Decides when the active segment is complete. */
final class Rolling {
    private Rolling() {}

    /**
     * Whether an append has to go to a new segment: by {@code segment.bytes}, {@code segment.ms}, a full index, or because
     * the distance to the base offset no longer fits into 31 bits.
     *
     * @param jitterMs taken off {@code segment.ms}
     * @param bytes length of the append
     * @param maxTimestamp its highest timestamp
     * @param lastOffset its last offset
     */
    static boolean isDue(
            LogSegment active,
            LogConfig config,
            long jitterMs,
            int bytes,
            long maxTimestamp,
            long lastOffset,
            long nowMs)
            throws IOException {
        int size = active.endPosition();
        boolean isTooFar = lastOffset - active.baseOffset() > Integer.MAX_VALUE;
        return size == 0
                ? isTooFar
                : isTooFar
                        || size > config.segmentBytes() - bytes
                        || waitedMs(active, maxTimestamp, nowMs) > config.segmentMs() - jitterMs
                        || active.isIndexFull(config.segmentIndexBytes());
    }

    /** By the records' clock if they have one: so a log that is copied later rolls where the first one did. */
    private static long waitedMs(LogSegment active, long maxTimestamp, long nowMs) throws IOException {
        long first = active.firstTimestamp();
        return first >= 0 ? maxTimestamp - first : nowMs - active.createdMs();
    }
}
