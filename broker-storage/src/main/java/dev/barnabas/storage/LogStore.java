package dev.barnabas.storage;

import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import java.util.Collection;

/**
 * The logs of one broker in one log directory, on disk or in memory. Opening takes the directory's lock, reads the
 * checkpoints and recovers what was not shut down cleanly; closing flushes, writes checkpoints and the clean-shutdown
 * marker, and gives the lock back. Methods may be called from any one thread at a time unless they say otherwise.
 */
public interface LogStore extends AutoCloseable {

    /** The logs found when the store was opened and those created since. */
    Collection<PartitionLog> logs();

    /** Creates a log, its directory and {@code partition.metadata}; offsets begin at 0. */
    PartitionLog create(TopicPartition partition, Uuid topicId, LogConfig config);

    /** Takes a log out of service at once and deletes its files (later, after file.delete.delay.ms, where readers may hold them). */
    void delete(TopicPartition partition, long nowMs);

    /** Writes the checkpoints (recovery points, log starts, high watermarks). */
    void checkpoint();

    /** Deletes files whose delay has passed. */
    void deleteExpiredFiles(long nowMs);

    /** Whether a disk failure took the directory offline. Any thread. */
    boolean offline();

    /** Absolute path of the directory, or a name for memory; as DescribeLogDirs shows it. */
    String directoryName();

    /** Total bytes of the volume; -1 if unknown. */
    long totalBytes();

    /** Usable bytes of the volume; -1 if unknown. */
    long usableBytes();

    /** Flushes and closes every log and the directory; a clean shutdown. Idempotent. */
    @Override
    void close();
}
