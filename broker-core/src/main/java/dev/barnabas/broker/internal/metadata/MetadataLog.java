package dev.barnabas.broker.internal.metadata;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The committed metadata records, in order, and the snapshots that stand for their beginning. On the controller's lane.
 *
 * <p>A log is opened by {@link #replay}, once, before anything else.
 */
public interface MetadataLog extends AutoCloseable {

    /**
     * Folds newest snapshot and log into an image, and opens a new leader epoch.
     *
     * @throws dev.barnabas.storage.StorageException if the disk fails
     */
    ClusterImage replay(String clusterId, long nowMs);

    /**
     * Appends records as one batch, so that a crash leaves all of them or none. They are committed when {@link #commit}
     * says so.
     *
     * @return offset of the last record
     * @throws dev.barnabas.storage.AppendFailedException if a bug kept them from the log; it is reported, the log goes on
     */
    long append(List<MetadataRecord> records, long nowMs);

    /**
     * Commits what was appended: forces it to disk, if the log is on one. Completes on the lane. One call at a time.
     *
     * @param image what the log now folds to; a snapshot is taken of it if the log has grown past its limit
     */
    CompletionStage<Void> commit(ClusterImage image);

    /** The leader epoch that {@link #replay} opened. */
    int epoch();

    /** The offset that the next record gets. */
    long endOffset();

    /** Everything below this offset is committed. Any thread. */
    long highWatermark();

    @Override
    void close();
}
