package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Files on the heap. It remembers what was forced, so that a test can take the image that a crash would leave:
 * {@link #afterProcessDeath} keeps all that was written, {@link #afterPowerLoss} only what was forced.
 */
public final class MemoryFileSystem implements FileSystem {
    private final String name;
    private final TreeMap<String, MemoryFile> files = new TreeMap<>();
    private final TreeMap<String, Boolean> directories = new TreeMap<>();
    private boolean locked;

    /** @param name what {@link #name} returns */
    public MemoryFileSystem(String name) {
        this.name = name;
    }

    /** A copy of everything written so far, unlocked. */
    public MemoryFileSystem afterProcessDeath() {
        return image(MemoryFile::size);
    }

    /** A copy in which each file ends where it was last forced, unlocked. */
    public MemoryFileSystem afterPowerLoss() {
        return image(MemoryFile::forcedSize);
    }

    private synchronized MemoryFileSystem image(ToLongFunction<MemoryFile> length) {
        var image = new MemoryFileSystem(name);
        image.directories.putAll(directories);
        files.forEach((path, file) -> image.files.put(path, file.copy(length.applyAsLong(file))));
        return image;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized BlockFile open(String path) throws IOException {
        requireParent(path);
        MemoryFile file = files.get(path);
        if (file == null) {
            file = new MemoryFile();
            files.put(path, file);
        }
        return new MemoryFile.Handle(file);
    }

    @Override
    public synchronized boolean exists(String path) {
        return files.containsKey(path) || directories.containsKey(path);
    }

    @Override
    public synchronized long size(String path) throws IOException {
        return file(path).size();
    }

    @Override
    public long lastModifiedMs(String path) {
        return 0;
    }

    @Override
    public synchronized List<String> files(String directory) throws IOException {
        return children(files, directory);
    }

    @Override
    public synchronized List<String> directories(String directory) throws IOException {
        return children(directories, directory);
    }

    private List<String> children(NavigableMap<String, ?> entries, String directory) throws IOException {
        requireDirectory(directory);
        var prefix = directory.isEmpty() ? "" : directory + "/";
        var names = new ArrayList<String>();
        for (var path = entries.ceilingKey(prefix);
                path != null && path.startsWith(prefix);
                path = entries.higherKey(path)) {
            if (path.indexOf('/', prefix.length()) < 0) {
                names.add(path.substring(prefix.length()));
            }
        }
        return names;
    }

    @Override
    public synchronized void createDirectory(String path) throws IOException {
        requireParent(path);
        directories.put(path, true);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        requireParent(to);
        if (directories.containsKey(from)) {
            moveAll(directories, from, to);
            moveAll(files, from, to);
        } else {
            files.put(to, file(from));
            files.remove(from);
        }
    }

    private static <T> void moveAll(NavigableMap<String, T> entries, String from, String to) {
        for (var path : List.copyOf(entries.tailMap(from).keySet())) {
            if (path.equals(from) || path.startsWith(from + "/")) {
                var moved = entries.remove(path);
                entries.put(to + path.substring(from.length()), moved);
            }
        }
    }

    @Override
    public synchronized void delete(String path) {
        files.remove(path);
    }

    @Override
    public synchronized void deleteDirectory(String path) {
        var inside = path + "/";
        directories.remove(path);
        directories.keySet().removeIf(other -> other.startsWith(inside));
        files.keySet().removeIf(other -> other.startsWith(inside));
    }

    @Override
    public synchronized byte[] read(String path) throws IOException {
        var file = file(path);
        var content = Unpooled.buffer((int) file.size());
        file.read(content, 0, (int) file.size());
        return content.array();
    }

    @Override
    public synchronized void write(String path, ByteBuf content) throws IOException {
        requireParent(path);
        var file = new MemoryFile();
        file.append(content, content.readerIndex(), content.readableBytes());
        files.put(path, file);
    }

    @Override
    public synchronized void replace(String path, byte[] content) throws IOException {
        write(path, Unpooled.wrappedBuffer(content));
        file(path).force();
    }

    @Override
    public synchronized void force(String path) {
        var file = files.get(path);
        if (file != null) {
            file.force();
        }
    }

    @Override
    public void forceDirectory(String path) {}

    @Override
    public synchronized Closeable lock(String path) throws IOException {
        if (locked) {
            throw new IOException("directory: " + name + " is in use by another broker of this process");
        }
        locked = true;
        return new Closeable() {
            @Override
            public void close() {
                unlock();
            }
        };
    }

    private synchronized void unlock() {
        locked = false;
    }

    @Override
    public long totalBytes() {
        return -1;
    }

    @Override
    public long usableBytes() {
        return -1;
    }

    private MemoryFile file(String path) throws IOException {
        var file = files.get(path);
        if (file == null) {
            throw new NoSuchFileException(path);
        }
        return file;
    }

    private void requireParent(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        requireDirectory(slash < 0 ? "" : path.substring(0, slash));
    }

    private void requireDirectory(String path) throws IOException {
        if (!path.isEmpty() && !directories.containsKey(path)) {
            throw new NoSuchFileException(path);
        }
    }
}
