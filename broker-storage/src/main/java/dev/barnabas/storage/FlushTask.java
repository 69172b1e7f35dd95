package dev.barnabas.storage;

/** Forces one log's unflushed files to disk. Made on the lane, run once on a thread that may block. */
public interface FlushTask {

    /** Everything below this offset is durable once {@link #run} has returned. */
    long upToOffset();

    /** Blocks until the disk has it. @throws StorageException if it failed; nothing may then be assumed durable */
    void run();
}
