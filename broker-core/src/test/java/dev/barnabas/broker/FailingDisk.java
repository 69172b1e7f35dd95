package dev.barnabas.broker;

import dev.barnabas.storage.file.BlockFile;
import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A disk that fills up, fails to read or to flush, or throws what no disk should, when it is told to; and counts what is
 * written. Any thread.
 */
public final class FailingDisk {

    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean forcesFail;
    private volatile boolean readsFail;
    private volatile @Nullable Bug bug;
    private final Queue<String> written = new ConcurrentLinkedQueue<>();

    private record Bug(String prefix, Error cause) {}

    /** The next write to an open file whose path begins with {@code prefix} throws {@code cause}, having written half. */
    public void throwFromWrite(String prefix, Error cause) {
        bug = new Bug(prefix, cause);
    }

    /** From now on only so many bytes can be written. */
    public void fillUpAfter(long bytes) {
        bytesLeft.set(bytes);
    }

    /** From now on nothing can be forced to disk. */
    void failForces() {
        forcesFail = true;
    }

    /** From now on no open file can be read. */
    void failReads() {
        readsFail = true;
    }

    /** How many writes to open files there were whose path begins with {@code prefix}. */
    public long writes(String prefix) {
        return written.stream().filter(path -> path.startsWith(prefix)).count();
    }

    public FileSystem over(FileSystem files) {
        return proxy(FileSystem.class, (method, arguments) -> {
            switch (method.getName()) {
                case "write" -> take(((ByteBuf) arguments[1]).readableBytes());
                case "replace" -> take(((byte[]) arguments[1]).length);
                case "force", "forceDirectory" -> requireForces();
                default -> {}
            }
            Object result = method.invoke(files, arguments);
            return result instanceof BlockFile file ? over(file, (String) arguments[0]) : result;
        });
    }

    private BlockFile over(BlockFile file, String path) {
        return proxy(BlockFile.class, (method, arguments) -> {
            switch (method.getName()) {
                case "append" -> {
                    written.add(path);
                    @SuppressWarnings("unchecked")
                    var sources = (List<ByteBuf>) arguments[0];
                    throwBug(file, path, sources);
                    append(file, sources);
                }
                case "read" -> requireReads();
                case "force" -> requireForces();
                default -> {}
            }
            return method.getName().equals("append") ? null : method.invoke(file, arguments);
        });
    }

    private void throwBug(BlockFile file, String path, List<ByteBuf> sources) throws IOException {
        Bug next = bug;
        if (next != null && path.startsWith(next.prefix)) {
            bug = null;
            appendPart(file, sources, lengthOf(sources) / 2);
            throw next.cause;
        }
    }

    private static int lengthOf(List<ByteBuf> sources) {
        return sources.stream().mapToInt(ByteBuf::readableBytes).sum();
    }

    private static void appendPart(BlockFile file, List<ByteBuf> sources, int length) throws IOException {
        file.append(
                List.of(Unpooled.wrappedBuffer(sources.toArray(ByteBuf[]::new)).readSlice(length)));
    }

    /** A full disk takes a part of what it cannot take whole. */
    private void append(BlockFile file, List<ByteBuf> sources) throws IOException {
        long left = bytesLeft.get();
        int length = lengthOf(sources);
        if (length > left) {
            bytesLeft.set(0);
            appendPart(file, sources, (int) left);
            throw new IOException("No space left on device");
        }
        take(length);
        file.append(sources);
    }

    private void take(long bytes) throws IOException {
        if (bytesLeft.addAndGet(-bytes) < 0) {
            bytesLeft.set(0);
            throw new IOException("No space left on device");
        }
    }

    private void requireForces() throws IOException {
        if (forcesFail) {
            throw new IOException("Input/output error");
        }
    }

    private void requireReads() throws IOException {
        if (readsFail) {
            throw new IOException("Input/output error");
        }
    }

    private interface Call {
        Object to(Method method, Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> port, Call call) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    try {
                        return call.to(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
