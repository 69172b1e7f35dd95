package dev.barnabas.storage.log;

import dev.barnabas.storage.LogConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which segments of a log are worth compacting now.
 *
 * @param sources sealed segments from the first of the log on, with a reference to the file of each
 * @param firstDirtyOffset the first offset that was never compacted
 */
record CompactionPlan(List<Compaction.Source> sources, long firstDirtyOffset) {

    /**
     * @param segments all segments of the log
     * @param upperOffset only segments that end at or below it may be compacted: last stable offset, active segment
     * @param cleanedTo where the last compaction ended
     * @return null if nothing is due: too little is dirty, and nothing is dirty for too long
     */
    static @Nullable CompactionPlan of(
            List<LogSegment> segments, LogConfig config, long logStart, long upperOffset, long cleanedTo, long nowMs)
            throws IOException {
        long firstDirty = cleanedTo < logStart || cleanedTo > upperOffset ? logStart : cleanedTo;
        int count = 0;
        long cleanBytes = 0;
        long dirtyBytes = 0;
        boolean overdue = false;
        while (count + 1 < segments.size() && segments.get(count + 1).baseOffset() <= upperOffset) {
            var segment = segments.get(count);
            if (segments.get(count + 1).baseOffset() <= firstDirty) {
                cleanBytes += segment.sizeInBytes();
            } else {
                if (config.minCompactionLagMs() > 0
                        && segment.largestTimestampMs() > nowMs - config.minCompactionLagMs()) {
                    break;
                }
                dirtyBytes += segment.sizeInBytes();
                overdue |= isOverdue(segment, config, nowMs);
            }
            count++;
        }
        boolean worthwhile = dirtyBytes > config.minCleanableDirtyRatio() * (cleanBytes + dirtyBytes);
        if (dirtyBytes == 0 || !(worthwhile || overdue)) {
            return null;
        }
        return new CompactionPlan(sources(segments, count), firstDirty);
    }

    private static boolean isOverdue(LogSegment segment, LogConfig config, long nowMs) throws IOException {
        long first = segment.firstTimestamp();
        return first >= 0 && nowMs - first > config.maxCompactionLagMs();
    }

    private static List<Compaction.Source> sources(List<LogSegment> segments, int count) throws IOException {
        var sources = new ArrayList<Compaction.Source>(count);
        for (int i = 0; i < count; i++) {
            var segment = segments.get(i);
            sources.add(new Compaction.Source(
                    segment,
                    segment.openFile(),
                    segment.sizeInBytes(),
                    segments.get(i + 1).baseOffset()));
        }
        sources.forEach(source -> source.file().retain());
        return sources;
    }

    /** The offset after the last source. */
    long endOffset() {
        return sources.get(sources.size() - 1).end();
    }

    /** Gives the references back, if nothing is to come of it. */
    void release() {
        sources.forEach(source -> source.file().release());
    }
}
