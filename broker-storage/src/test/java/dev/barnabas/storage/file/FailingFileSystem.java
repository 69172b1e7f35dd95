package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on until its disk is full, it forces nothing any more, or it throws what no file system should. Knows
 * which deletions a power loss undoes, and counts what was written to open files.
 */
public final class FailingFileSystem implements FileSystem {
    /** What can throw a bug. */
    public enum Call {
        /** An append to an open file. */
        APPEND,
        /** A truncation of an open file. */
        TRUNCATE,
        /** Opening a file, once it is there. */
        OPEN,
        /** Whether there is a file. */
        EXISTS,
        /** Writing a whole file. */
        WRITE
    }

    private static final class Bug {
        private final Throwable cause;
        private final boolean once;
        private int callsBefore;

        Bug(Throwable cause, int number, boolean once) {
            this.cause = cause;
            this.once = once;
            this.callsBefore = number - 1;
        }
    }

    private final FileSystem files;
    private long bytesLeft = Long.MAX_VALUE;
    private boolean forcesFail;
    private int renamesLeft = Integer.MAX_VALUE;
    private int writes;
    private final Map<Call, Bug> bugs = new EnumMap<>(Call.class);
    private double shareWritten;
    /** Files whose directory was not forced since they were deleted, and what they held. */
    private final Map<String, byte[]> deleted = new HashMap<>();

    public FailingFileSystem(FileSystem files) {
        this.files = files;
    }

    /** From now on this many bytes can be written, and nothing can be truncated once they are used up. */
    public void failAfterBytes(long bytes) {
        bytesLeft = bytes;
    }

    public void failForces() {
        forcesFail = true;
    }

    /** Call number {@code number} from now on, counted from 1, throws {@code bug}. */
    public void throwAt(Call call, int number, Throwable bug) {
        bugs.put(call, new Bug(bug, number, true));
    }

    /** From now on each such call throws {@code bug}. */
    public void throwFrom(Call call, Throwable bug) {
        bugs.put(call, new Bug(bug, 1, false));
    }

    /** From now on nothing throws a bug. */
    public void mend() {
        bugs.clear();
    }

    /** Appends that throw a bug have written so much of what they were given: 0 for nothing, 1 for all. */
    public void writeBeforeBugs(double share) {
        shareWritten = share;
    }

    /** How many writes to open files there were. */
    public int writes() {
        return writes;
    }

    public void failAfterRenames(int renames) {
        renamesLeft = renames;
    }

    /** Brings back what was deleted and would be there after a power loss. */
    public void undoDeletions() throws IOException {
        for (var file : deleted.entrySet()) {
            files.write(file.getKey(), Unpooled.wrappedBuffer(file.getValue()));
        }
    }

    /** What this call has to throw. */
    private @Nullable Throwable bugOf(Call call) {
        var bug = bugs.get(call);
        if (bug == null || bug.callsBefore-- > 0) {
            return null;
        }
        if (bug.once) {
            bugs.remove(call);
        }
        return bug.cause;
    }

    private void check(Call call) {
        var bug = bugOf(call);
        if (bug != null) {
            FailingFileSystem.<RuntimeException>throwAny(bug);
        }
    }

    @SuppressWarnings("unchecked") // Nothing of the type is left when it runs.
    private static <T extends Throwable> void throwAny(Throwable bug) throws T {
        throw (T) bug;
    }

    private static String directoryOf(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private void take(long bytes) throws IOException {
        if (bytes > bytesLeft) {
            bytesLeft = 0;
            throw new IOException("No space left on device");
        }
        bytesLeft -= bytes;
    }

    private void requireForces() throws IOException {
        if (forcesFail) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public BlockFile open(String path) throws IOException {
        var file = files.open(path);
        check(Call.OPEN);
        return new FailingFile(file);
    }

    @Override
    public void write(String path, ByteBuf content) throws IOException {
        check(Call.WRITE);
        take(content.readableBytes());
        files.write(path, content);
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        take(content.length);
        requireForces();
        files.replace(path, content);
        deleted.keySet().removeIf(each -> directoryOf(each).equals(directoryOf(path)));
    }

    @Override
    public void force(String path) throws IOException {
        requireForces();
        files.force(path);
    }

    @Override
    public void forceDirectory(String path) throws IOException {
        requireForces();
        files.forceDirectory(path);
        deleted.keySet().removeIf(each -> directoryOf(each).equals(path));
    }

    @Override
    public String name() {
        return files.name();
    }

    @Override
    public boolean exists(String path) {
        check(Call.EXISTS);
        return files.exists(path);
    }

    @Override
    public long size(String path) throws IOException {
        return files.size(path);
    }

    @Override
    public long lastModifiedMs(String path) throws IOException {
        return files.lastModifiedMs(path);
    }

    @Override
    public List<String> files(String directory) throws IOException {
        return files.files(directory);
    }

    @Override
    public List<String> directories(String directory) throws IOException {
        return files.directories(directory);
    }

    @Override
    public void createDirectory(String path) throws IOException {
        files.createDirectory(path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        if (renamesLeft == 0) {
            throw new IOException("Input/output error");
        }
        renamesLeft--;
        files.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        if (files.exists(path)) {
            deleted.put(path, files.read(path));
        }
        files.delete(path);
    }

    @Override
    public void deleteDirectory(String path) throws IOException {
        files.deleteDirectory(path);
    }

    @Override
    public byte[] read(String path) throws IOException {
        return files.read(path);
    }

    @Override
    public Closeable lock(String path) throws IOException {
        return files.lock(path);
    }

    @Override
    public long totalBytes() {
        return files.totalBytes();
    }

    @Override
    public long usableBytes() {
        return files.usableBytes();
    }

    private final class FailingFile implements BlockFile {
        private final BlockFile file;

        FailingFile(BlockFile file) {
            this.file = file;
        }

        @Override
        public void append(List<ByteBuf> sources) throws IOException {
            writes++;
            int length = sources.stream().mapToInt(ByteBuf::readableBytes).sum();
            var bug = bugOf(Call.APPEND);
            if (bug != null) {
                appendPart(sources, (int) (length * shareWritten));
                FailingFileSystem.<RuntimeException>throwAny(bug);
            }
            if (length > bytesLeft) {
                appendPart(sources, (int) bytesLeft);
            }
            take(length);
            file.append(sources);
        }

        private void appendPart(List<ByteBuf> sources, int length) throws IOException {
            file.append(List.of(
                    Unpooled.wrappedBuffer(sources.toArray(ByteBuf[]::new)).readSlice(length)));
        }

        @Override
        public void truncate(long size) throws IOException {
            check(Call.TRUNCATE);
            if (bytesLeft == 0) {
                throw new IOException("Input/output error");
            }
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            requireForces();
            file.force();
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public int read(ByteBuf target, long position, int length) throws IOException {
            return file.read(target, position, length);
        }

        @Override
        public @Nullable FileChannel channel() {
            return file.channel();
        }

        @Override
        public void retain() {
            file.retain();
        }

        @Override
        public void release() {
            file.release();
        }
    }
}
