package dev.barnabas.storage.log;

import dev.barnabas.storage.LogConfig;
import java.io.IOException;
import java.util.List;

/** Decides how many of a log's oldest segments have to go. */
final class Retention {
    private Retention() {}

    /**
     * The number of oldest segments that break a limit of {@code retention.bytes} or {@code retention.ms}, or lie wholly
     * below the log's start. Only what is below the high watermark may go.
     */
    static int expired(
            List<LogSegment> segments, LogConfig config, long logStart, long highWatermark, long logEnd, long nowMs)
            throws IOException {
        long excess =
                config.delete() && config.retentionBytes() >= 0 ? totalBytes(segments) - config.retentionBytes() : -1;
        int expired = 0;
        boolean inTime = !config.delete() || config.retentionMs() < 0;
        boolean inSize = false;
        while (expired < segments.size()) {
            var segment = segments.get(expired);
            boolean last = expired == segments.size() - 1;
            long end = last ? logEnd : segments.get(expired + 1).baseOffset();
            if (end > highWatermark || (last && segment.sizeInBytes() == 0)) {
                return expired;
            }
            inTime = inTime || nowMs - segment.largestTimestampMs() <= config.retentionMs();
            excess -= segment.sizeInBytes();
            inSize = inSize || excess < 0;
            if (inTime && inSize && (last || end > logStart)) {
                return expired;
            }
            expired++;
        }
        return expired;
    }

    static long totalBytes(List<LogSegment> segments) {
        long total = 0;
        for (var segment : segments) {
            total += segment.sizeInBytes();
        }
        return total;
    }
}
