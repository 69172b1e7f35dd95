package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * One directory tree on a disk or in memory: everything that storage asks of the outside world. Any thread.
 *
 * <p>Nothing is durable before it is forced: {@link BlockFile#force}, {@link #force} and {@link #forceDirectory} do so, and
 * {@link #replace} does by itself. What was written survives the death of the process all the same.
 */
public interface FileSystem {

    /** Absolute path of the root, or a name for one in memory. */
    String name();

    /** Opens a file for reading and appending; creates it, empty, if there is none. Its directory must exist. */
    BlockFile open(String path) throws IOException;

    /** Whether there is a file or directory of that name. */
    boolean exists(String path);

    /** Length of a file in bytes. */
    long size(String path) throws IOException;

    /** When a file was last written, in milliseconds since the epoch; 0 where nobody keeps it. */
    long lastModifiedMs(String path) throws IOException;

    /** Names of the files in a directory, in no order; {@code ""} is the root. */
    List<String> files(String directory) throws IOException;

    /** Names of the directories in a directory, in no order; {@code ""} is the root. */
    List<String> directories(String directory) throws IOException;

    /** Creates a directory whose parent exists; nothing happens if it is there. */
    void createDirectory(String path) throws IOException;

    /** Renames a file or directory in one step; a file of the new name is replaced. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file; nothing happens if there is none. Open readers keep theirs. */
    void delete(String path) throws IOException;

    /** Deletes a directory and all that is in it; nothing happens if there is none. */
    void deleteDirectory(String path) throws IOException;

    /** The whole content of a small file. */
    byte[] read(String path) throws IOException;

    /** Creates or overwrites a file with the readable bytes of {@code content}, which are not consumed. */
    void write(String path, ByteBuf content) throws IOException;

    /** Replaces a small file: after a crash at any moment there is the old content or the new, and after return the new. */
    void replace(String path, byte[] content) throws IOException;

    /** Makes the content of a closed file durable; nothing happens if there is none. */
    void force(String path) throws IOException;

    /** Makes the entries of a directory durable, where the platform can. */
    void forceDirectory(String path) throws IOException;

    /**
     * Takes the file as an exclusive lock, against other processes and against this one.
     *
     * @return gives the lock back when closed
     * @throws IOException saying who holds it, if somebody does
     */
    Closeable lock(String path) throws IOException;

    /** Total bytes of the volume; -1 if unknown. */
    long totalBytes();

    /** Usable bytes of the volume; -1 if unknown. */
    long usableBytes();
}
