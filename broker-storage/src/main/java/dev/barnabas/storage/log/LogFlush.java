package dev.barnabas.storage.log;

import dev.barnabas.storage.FlushTask;
import dev.barnabas.storage.file.BlockFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collected on the lane, run elsewhere: holds a reference to each file that it is to force. */
final class LogFlush implements FlushTask {
    private final LogEnvironment environment;
    private final String logName;
    private final long upToOffset;
    private final int truncations;
    private final List<BlockFile> files = new ArrayList<>(1);
    private final List<String> paths = new ArrayList<>(0);
    private final List<String> directories = new ArrayList<>(0);
    private @Nullable String epochsPath;
    private byte @Nullable [] epochs;

    LogFlush(LogEnvironment environment, String logName, long upToOffset, int truncations) {
        this.environment = environment;
        this.logName = logName;
        this.upToOffset = upToOffset;
        this.truncations = truncations;
    }

    /** An open file to force; released when that is done. */
    void addFile(BlockFile file) {
        file.retain();
        files.add(file);
    }

    /** A closed file to force. */
    void addPath(String path) {
        paths.add(path);
    }

    void addDirectory(String path) {
        directories.add(path);
    }

    /** The leader epochs; replacing their file makes the entries of its directory durable too. */
    void setEpochs(String path, byte[] content) {
        epochsPath = path;
        epochs = content;
    }

    /** How often the log had been truncated when this was made. */
    int truncations() {
        return truncations;
    }

    @Override
    public long upToOffset() {
        return upToOffset;
    }

    @Override
    public void run() {
        try {
            environment.health().requireOnline();
            force();
        } catch (IOException e) {
            throw environment.health().fail("flush " + logName, e);
        } finally {
            discard();
        }
    }

    /** Lets go of the files. */
    void discard() {
        files.forEach(BlockFile::release);
        files.clear();
    }

    private void force() throws IOException {
        for (var path : paths) {
            environment.files().force(path);
        }
        for (var file : files) {
            file.force();
        }
        if (epochsPath != null && epochs != null) {
            environment.files().replace(epochsPath, epochs);
        }
        for (var directory : directories) {
            environment.files().forceDirectory(directory);
        }
    }
}
