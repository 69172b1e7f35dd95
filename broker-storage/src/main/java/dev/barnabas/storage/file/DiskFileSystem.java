package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the machine. Files are read and written through channels and never mapped, so that nothing but an open
 * channel keeps a deleted file alive, on any platform.
 */
public final class DiskFileSystem implements FileSystem {
    private final Path root;

    /** The root is created, with its parents, if it is missing. */
    public DiskFileSystem(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        Files.createDirectories(this.root);
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public BlockFile open(String path) throws IOException {
        return new DiskFile(root.resolve(path));
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(root.resolve(path));
    }

    @Override
    public long size(String path) throws IOException {
        return Files.size(root.resolve(path));
    }

    @Override
    public long lastModifiedMs(String path) throws IOException {
        return Files.getLastModifiedTime(root.resolve(path)).toMillis();
    }

    @Override
    public List<String> files(String directory) throws IOException {
        return names(directory, Files::isRegularFile);
    }

    @Override
    public List<String> directories(String directory) throws IOException {
        return names(directory, Files::isDirectory);
    }

    private List<String> names(String directory, Predicate<Path> kind) throws IOException {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(root.resolve(directory))) {
            for (var entry : entries) {
                if (kind.test(entry)) {
                    names.add(entry.getFileName().toString());
                }
            }
        }
        return names;
    }

    @Override
    public void createDirectory(String path) throws IOException {
        var directory = root.resolve(path);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        move(root.resolve(from), root.resolve(to));
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(root.resolve(path));
    }

    @Override
    public void deleteDirectory(String path) throws IOException {
        var directory = root.resolve(path);
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public byte[] read(String path) throws IOException {
        return Files.readAllBytes(root.resolve(path));
    }

    @Override
    public void write(String path, ByteBuf content) throws IOException {
        try (var channel = FileChannel.open(
                root.resolve(path),
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, content.nioBuffer());
        }
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        var target = root.resolve(path);
        var temporary = root.resolve(path + ".tmp");
        try (var channel = FileChannel.open(
                temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, ByteBuffer.wrap(content));
            channel.force(true);
        }
        move(temporary, target);
        int slash = path.lastIndexOf('/');
        forceDirectory(slash < 0 ? root : root.resolve(path.substring(0, slash)));
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void force(String path) throws IOException {
        try (var channel = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            return; // deleted meanwhile: there is nothing left to keep
        }
    }

    @Override
    public void forceDirectory(String path) throws IOException {
        forceDirectory(root.resolve(path));
    }

    private static void forceDirectory(Path directory) throws IOException {
        if (directory.getFileSystem().getSeparator().equals("\\")) {
            return; // Windows opens no directory, and orders its own metadata
        }
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            return; // deleted meanwhile
        }
    }

    @Override
    public Closeable lock(String path) throws IOException {
        var file = root.resolve(path);
        var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException("directory: " + root + " is in use by another broker of this process");
        }
        if (lock == null) {
            var owner = owner(channel);
            channel.close();
            throw new IOException("directory: " + root + " is in use by another process" + owner);
        }
        channel.truncate(0);
        writeFully(
                channel,
                ByteBuffer.wrap(("pid=" + ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
        return channel;
    }

    private static String owner(FileChannel channel) {
        var text = ByteBuffer.allocate(64);
        try {
            channel.read(text, 0);
        } catch (IOException e) {
            return ""; // Windows lets nobody read a locked file
        }
        var owner = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).trim();
        return owner.isEmpty() ? "" : " (" + owner + ")";
    }

    @Override
    public long totalBytes() {
        try {
            return Files.getFileStore(root).getTotalSpace();
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public long usableBytes() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException e) {
            return -1;
        }
    }
}
