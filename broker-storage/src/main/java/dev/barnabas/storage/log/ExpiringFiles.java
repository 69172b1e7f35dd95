package dev.barnabas.storage.log;

import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.util.PriorityQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files and directories that were renamed out of the way and are deleted after a delay. Any thread. */
final class ExpiringFiles {
    private record Expiring(String path, boolean directory, long deadlineMs) implements Comparable<Expiring> {
        @Override
        public int compareTo(Expiring other) {
            return Long.compare(deadlineMs, other.deadlineMs);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(ExpiringFiles.class);

    private final FileSystem files;
    private final PriorityQueue<Expiring> queue = new PriorityQueue<>();

    ExpiringFiles(FileSystem files) {
        this.files = files;
    }

    synchronized void addFile(String path, long deadlineMs) {
        queue.add(new Expiring(path, false, deadlineMs));
    }

    synchronized void addDirectory(String path, long deadlineMs) {
        queue.add(new Expiring(path, true, deadlineMs));
    }

    /** Deletes what is due. What cannot be deleted is reported and left; the next start of the directory finds it. */
    synchronized void deleteExpired(long nowMs) {
        while (!queue.isEmpty() && queue.peek().deadlineMs() <= nowMs) {
            var expired = queue.remove();
            try {
                if (expired.directory()) {
                    files.deleteDirectory(expired.path());
                } else {
                    files.delete(expired.path());
                }
            } catch (IOException e) {
                log.warn("Could not delete path={} cause={}", expired.path(), e.toString());
            }
        }
    }
}
