package dev.barnabas.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * The machine's limit: a process that only receives bytes from a socket, computes their CRC-32C and writes them to a
 * file; and one that only sends a file with {@code sendfile}. What a broker costs above that is its own.
 */
final class RawFloor {

    private static final int CHUNK = 1 << 20;

    private RawFloor() {}

    /**
     * @param receive CPU seconds a GB to receive, check and write
     * @param send CPU seconds a GB to send from the page cache
     */
    record Floor(double receive, double send) {}

    /** Measures both, each in a JVM of its own that moves {@code bytes} after a warm-up of the same length. */
    static Floor measure(Installation installation, long bytes) throws IOException, InterruptedException {
        return new Floor(child(installation, "receive", bytes), child(installation, "send", bytes));
    }

    private static double child(Installation installation, String mode, long bytes)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile(installation.dataParent(), "floor-", ".log");
        var command = installation.java();
        command.addAll(
                java.util.List.of("-cp", installation.classPath(), RawFloor.class.getName(), mode, file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = process.inputReader()) {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(output.readLine()));
            move(address, mode, bytes);
            double before = ProcStat.cpuSeconds(process.pid());
            move(address, mode, bytes);
            return (ProcStat.cpuSeconds(process.pid()) - before) / (bytes / 1e9);
        } finally {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
            Files.delete(file);
        }
    }

    /** The other side of the socket, in this process. */
    private static void move(InetSocketAddress address, String mode, long bytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, bytes));
            long moved = 0;
            while (moved < bytes) {
                chunk.clear();
                moved += mode.equals("receive") ? channel.write(chunk) : channel.read(chunk);
            }
            if (mode.equals("receive")) {
                channel.read(ByteBuffer.allocate(1));
            }
        }
    }

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[1]);
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
            while (true) {
                try (SocketChannel channel = server.accept()) {
                    ByteBuffer length = ByteBuffer.allocate(Long.BYTES);
                    while (length.hasRemaining() && channel.read(length) >= 0) {
                        continue;
                    }
                    if (args[0].equals("receive")) {
                        receive(channel, file, length.getLong(0));
                    } else {
                        send(channel, file, length.getLong(0));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void receive(SocketChannel channel, Path file, long bytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            long received = 0;
            while (received < bytes) {
                chunk.clear();
                int read = channel.read(chunk);
                if (read < 0) {
                    return;
                }
                received += read;
                var crc = new CRC32C();
                crc.update(chunk.flip());
                chunk.rewind();
                out.write(chunk);
            }
            channel.write(ByteBuffer.allocate(1));
        }
    }

    private static void send(SocketChannel channel, Path file, long bytes) throws IOException {
        long size = 256L << 20;
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
            while (in.size() < size) {
                in.write(chunk.clear(), in.size());
            }
            long sent = 0;
            while (sent < bytes) {
                long position = sent % size;
                sent += in.transferTo(position, Math.min(CHUNK, Math.min(bytes - sent, size - position)), channel);
            }
        }
    }
}
