package dev.barnabas.storage.log;

import dev.barnabas.storage.StorageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the disk under a log directory can be relied upon. Goes from online to offline once, never back. Any thread. */
final class DirectoryHealth {
    private static final Logger log = LoggerFactory.getLogger(DirectoryHealth.class);

    private final String directory;
    private volatile @Nullable StorageException failure;

    DirectoryHealth(String directory) {
        this.directory = directory;
    }

    boolean isOffline() {
        return failure != null;
    }

    /** @throws StorageException if the directory is offline */
    void requireOnline() {
        var known = failure;
        if (known != null) {
            throw new StorageException("log directory: " + directory + " is offline", known);
        }
    }

    /** Takes the directory offline. Returns what the caller is to throw. */
    StorageException fail(String action, IOException cause) {
        var exception = new StorageException(
                "log directory: " + directory + " is offline, because it failed to " + action + ": " + cause, cause);
        synchronized (this) {
            if (failure == null) {
                failure = exception;
                log.error(
                        "Log directory goes offline directory={} action={} cause={}",
                        directory,
                        action,
                        cause.toString());
            }
        }
        return exception;
    }
}
