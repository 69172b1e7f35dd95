package dev.barnabas.storage.log;

import dev.barnabas.storage.FlushTask;
import dev.barnabas.storage.LogConfig;
import java.io.IOException;

/** What of a log is not on disk yet, and so what the next flush has to force. */
final class Unflushed {
    private final LogEnvironment environment;
    private final String directory;
    private final Segments segments;
    private final LeaderEpochs epochs;

    private volatile long recoveryPoint;
    /** When the oldest batch was written that no flush has begun to force; negative if there is none. */
    private long sinceMs = -1;
    /** Counts truncations: a flush that was prepared before one says nothing of what came after. */
    private int truncations;
    /** Whether files were created since the last flush, so that the next must force the directories too. */
    private boolean directoryChanged;
    /** Whether {@code partition.metadata} is on disk, or will be with the flush under way. */
    private boolean metadataForced = true;
    /** Whether anything happened that a clean shutdown has to write down. */
    private boolean changed;

    /**
     * @param recoveryPoint below this offset all is on disk
     * @param recovered whether the log was found without a clean shutdown
     */
    Unflushed(
            LogEnvironment environment,
            String directory,
            Segments segments,
            LeaderEpochs epochs,
            long recoveryPoint,
            boolean recovered) {
        this.environment = environment;
        this.directory = directory;
        this.segments = segments;
        this.epochs = epochs;
        this.recoveryPoint = recoveryPoint;
        this.changed = recovered;
    }

    /** Below this offset all is on disk. Any thread. */
    long recoveryPoint() {
        return recoveryPoint;
    }

    /** Whether there is anything that a clean shutdown has to write down. */
    boolean isChanged() {
        return changed || epochs.isChanged();
    }

    // ---- what happens to the log

    /** @param beginsFile whether nothing was in the segment before */
    void onAppended(long nowMs, boolean beginsFile) {
        if (sinceMs < 0) {
            sinceMs = nowMs;
        }
        directoryChanged |= beginsFile;
        changed = true;
    }

    void onRolled() {
        directoryChanged = true;
        changed = true;
    }

    void onTruncated(long logEnd) {
        recoveryPoint = Math.min(recoveryPoint, logEnd);
        truncations++;
        directoryChanged = true;
        changed = true;
    }

    /** Files were created or put in the place of others. */
    void onDirectoryChanged() {
        directoryChanged = true;
    }

    void onMetadataWritten() {
        metadataForced = false;
    }

    // ---- flush

    boolean isFlushDue(LogConfig config, long logEnd, long nowMs) {
        long unflushed = logEnd - recoveryPoint;
        return unflushed > 0
                && (unflushed >= config.flushMessages()
                        || (sinceMs >= 0 && nowMs - sinceMs >= config.flushMs())
                        || segments.active().baseOffset() > recoveryPoint);
    }

    /** A flush of all that there is. */
    LogFlush prepareFlush(long logEnd) throws IOException {
        var flush = new LogFlush(environment, directory, logEnd, truncations);
        try {
            if (!metadataForced) {
                flush.addDirectory("");
            }
            collectFiles(flush);
        } catch (IOException e) {
            flush.discard();
            throw e;
        }
        sinceMs = -1;
        return flush;
    }

    /** The last flush, of the active segment's indexes as well, but not of the entry of the log's directory in the one above. */
    LogFlush prepareLastFlush(long logEnd) throws IOException {
        var flush = new LogFlush(environment, directory, logEnd, truncations);
        collectFiles(flush);
        segments.active().indexPathsToForce().forEach(flush::addPath);
        return flush;
    }

    private void collectFiles(LogFlush flush) throws IOException {
        if (!metadataForced) {
            flush.addPath(PartitionMetadata.path(directory));
            metadataForced = true;
        }
        for (var segment : segments.from(recoveryPoint - 1)) {
            if (segment.hasFile()) {
                flush.addFile(segment.openFile());
            }
            if (segment != segments.active()) {
                segment.indexPathsToForce().forEach(flush::addPath);
            }
        }
        if (epochs.isChanged()) {
            flush.setEpochs(directory + "/" + LeaderEpochs.FILE, Checkpoints.epochs(epochs.entries()));
            epochs.onSaved();
        } else if (directoryChanged) {
            flush.addDirectory(directory);
        }
        directoryChanged = false;
    }

    void onFlushed(FlushTask task) {
        if (((LogFlush) task).truncations() == truncations) {
            recoveryPoint = Math.max(recoveryPoint, task.upToOffset());
        }
    }
}
