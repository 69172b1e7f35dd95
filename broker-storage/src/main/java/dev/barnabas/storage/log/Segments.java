package dev.barnabas.storage.log;

import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.ReadResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The segments of one log in order: the last is active, the others are sealed. There is always one. */
final class Segments {
    private final LogEnvironment environment;
    private final String directory;
    private final List<LogSegment> segments;
    private LogSegment active;
    private volatile long firstOffset;
    private volatile long sizeInBytes;

    /** @param segments at least one; owned by this from now on */
    Segments(LogEnvironment environment, String directory, List<LogSegment> segments) {
        this.environment = environment;
        this.directory = directory;
        this.segments = segments;
        this.active = segments.get(segments.size() - 1);
        afterChange();
    }

    LogSegment active() {
        return active;
    }

    /** All of them, unmodifiable, as they are now and later. */
    List<LogSegment> all() {
        return Collections.unmodifiableList(segments);
    }

    /** Those from the one that holds {@code offset} on. */
    List<LogSegment> from(long offset) {
        return segments.subList(indexOf(offset), segments.size());
    }

    /** Where the first one begins. Any thread. */
    long firstOffset() {
        return firstOffset;
    }

    /** Bytes of all log files. Any thread. */
    long sizeInBytes() {
        return sizeInBytes;
    }

    /** The active segment has grown. */
    void onAppended(int bytes) {
        long sizeBefore = sizeInBytes;
        sizeInBytes = sizeBefore + bytes;
    }

    /** Index of the last segment that begins at or below {@code offset}; 0 if none does. */
    private int indexOf(long offset) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    // ---- reading

    /** Reads from the first segment that has a batch at or after {@code offset}, which lies below {@code logEnd}. */
    ReadResult read(long offset, int maxBytes, long upperOffset, long logEnd, boolean minOneBatch) throws IOException {
        for (int i = indexOf(offset); i < segments.size(); i++) {
            long segmentEnd = i + 1 < segments.size() ? segments.get(i + 1).baseOffset() : logEnd;
            long upper = upperOffset >= segmentEnd ? Long.MAX_VALUE : upperOffset;
            var result = segments.get(i).read(offset, maxBytes, upper, minOneBatch);
            if (result != null) {
                return result;
            }
        }
        return new ReadResult(EmptySlice.INSTANCE, offset, false);
    }

    List<AbortedTransaction> abortedTransactions(long from, long upper) throws IOException {
        var found = new ArrayList<AbortedTransaction>(0);
        for (var segment : from(from)) {
            if (segment.collectAborted(from, upper, found)) {
                break;
            }
        }
        return found;
    }

    // ---- changing

    /** Seals the active segment and begins a new one at {@code offset}; an empty one makes way for it. */
    void roll(long offset, long deadlineMs) throws IOException {
        if (active.sizeInBytes() == 0) {
            active.delete(deadlineMs);
            segments.remove(segments.size() - 1);
        } else {
            active.seal();
        }
        begin(offset);
    }

    /** Deletes all and begins anew, empty, at {@code offset}. */
    void restartAt(long offset) throws IOException {
        for (var segment : segments) {
            segment.delete(0);
        }
        segments.clear();
        begin(offset);
    }

    /** Once its file may exist, a segment is one of the log's, even if creating the file then fails. */
    private void begin(long offset) throws IOException {
        var next = LogSegment.create(environment, directory, offset);
        segments.add(next);
        active = next;
        next.createFile();
        afterChange();
    }

    /** How many of the oldest lie wholly below {@code offset}. */
    int countBelow(long offset) {
        int below = 0;
        while (below + 1 < segments.size() && segments.get(below + 1).baseOffset() <= offset) {
            below++;
        }
        return below;
    }

    /** Deletes the oldest, but never all, with their producer snapshots. */
    void deleteOldest(int count, long deadlineMs) throws IOException {
        var oldest = segments.subList(0, count);
        for (var segment : oldest) {
            segment.delete(deadlineMs);
            LogSegment.expire(
                    environment,
                    SegmentFiles.path(directory, segment.baseOffset(), SegmentFiles.PRODUCER_SNAPSHOT),
                    deadlineMs);
        }
        oldest.clear();
        afterChange();
    }

    /** Drops what is at and above {@code offset}, which does not lie below the first offset, and what is not written. */
    void truncateTo(long offset, int indexIntervalBytes) throws IOException {
        var after = segments.subList(indexOf(offset) + 1, segments.size());
        for (var segment : after) {
            segment.delete(0);
        }
        after.clear();
        active = segments.get(segments.size() - 1);
        active.truncateTo(offset, indexIntervalBytes);
        afterChange();
    }

    /** Puts a compacted segment in place; it is thrown away if retention or truncation has taken an old one meanwhile. */
    void replace(Compaction.Replacement replacement, long nowMs, long deadlineMs) throws IOException {
        var sources = replacement.sources();
        int index = segments.indexOf(sources.get(0));
        int end = index + sources.size();
        if (index < 0 || end >= segments.size() || !segments.subList(index, end).equals(sources)) {
            replacement.cleaned().discard();
            return;
        }
        long base = replacement.cleaned().baseOffset();
        replacement.cleaned().close();
        SegmentSwap.announce(environment.files(), directory, base);
        for (var source : sources) {
            source.delete(deadlineMs);
        }
        SegmentSwap.finish(environment.files(), directory, base);
        segments.subList(index, end).clear();
        segments.add(index, LogSegment.existing(environment, directory, base, nowMs));
        afterChange();
    }

    private void afterChange() {
        firstOffset = segments.get(0).baseOffset();
        long total = 0;
        for (var segment : segments) {
            total += segment.sizeInBytes();
        }
        sizeInBytes = total;
    }

    /** Lets go of the files; saves nothing. */
    void close() {
        segments.forEach(LogSegment::close);
    }
}
