package dev.barnabas.storage;

/** Writes one log's compacted segments beside the old ones. Made on the lane, run once on a thread that may block. */
public interface CompactionTask {

    /** Blocks until the compacted segments are written and on disk. @throws StorageException if the disk failed */
    void run();
}
