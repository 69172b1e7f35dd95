package dev.barnabas.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The least that a broker can do, in a JVM of its own: reads a frame of known length into one buffer, checks the CRC-32C of
 * its parts, appends each to its partition's file, and acknowledges the frame with a few bytes; or answers a small request
 * with a frame out of the page cache, by {@code sendfile}. One blocking thread a connection; nothing is allocated or copied.
 */
public final class FloorServer {

    /** As long as a produce response of six partitions. */
    static final int ACK_BYTES = 300;

    /** As long as a fetch request of an incremental session. */
    static final int REQUEST_BYTES = 100;

    /** Length of the rest and its CRC-32C. */
    static final int PART_HEADER_BYTES = 8;

    /**
     * What is sent was written so much at a time, as by a broker that gathers some batches: the page cache keeps a file in
     * pieces as large as the writes it came in, and {@code sendfile} costs by the piece.
     */
    private static final int SENT_WRITE_BYTES = 64 << 10;

    private static final int FRAME_BYTES_MAX = 100 << 20;
    private static final long SENT_FILE_BYTES = 256L << 20;

    private final List<FileChannel> partitions = new ArrayList<>();
    private final FileChannel sent;

    private FloorServer(Path directory) throws IOException {
        for (int i = 0; i < ProduceScenario.PARTITIONS; i++) {
            partitions.add(open(directory.resolve("partition-" + i)));
        }
        sent = open(directory.resolve("sent"));
    }

    /** Serves until the process is ended; prints its port. */
    public static void main(String[] args) throws IOException {
        var server = new FloorServer(Path.of(args[0]));
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            System.out.println(((InetSocketAddress) listener.getLocalAddress()).getPort());
            while (true) {
                SocketChannel connection = listener.accept();
                connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
                new Thread(() -> server.serve(connection)).start();
            }
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            ByteBuffer direction = ByteBuffer.allocate(1);
            readFully(connection, direction);
            if (direction.get(0) == Traffic.Direction.PRODUCE.code()) {
                receive(connection);
            } else {
                fillSentFile();
                send(connection);
            }
        } catch (EOFException e) {
            // The client has moved all it wanted to.
        } catch (IOException e) {
            throw new IllegalStateException("floor", e);
        }
    }

    private void receive(SocketChannel connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        ByteBuffer ack = ByteBuffer.allocateDirect(ACK_BYTES);
        var crc = new CRC32C();
        while (true) {
            readFully(connection, buffer.clear().limit(Integer.BYTES));
            int length = buffer.getInt(0);
            if (length < 0 || length > FRAME_BYTES_MAX) {
                throw new IOException("frame: " + length + " bytes (expected: at most " + FRAME_BYTES_MAX + ")");
            }
            if (length > buffer.capacity()) {
                buffer = ByteBuffer.allocateDirect(length);
            }
            readFully(connection, buffer.clear().limit(length));
            store(buffer.flip(), crc);
            connection.write(ack.clear());
        }
    }

    /** Checks each part of {@code frame} and appends it to its file. */
    private void store(ByteBuffer frame, CRC32C crc) throws IOException {
        int end = frame.limit();
        for (int part = 0; frame.position() < end; part = (part + 1) % partitions.size()) {
            int begin = frame.position();
            int partEnd = begin + Integer.BYTES + frame.getInt(begin);
            crc.reset();
            crc.update(frame.position(begin + PART_HEADER_BYTES).limit(partEnd));
            int expected = frame.getInt(begin + Integer.BYTES);
            if ((int) crc.getValue() != expected) {
                throw new IOException("CRC-32C: " + (int) crc.getValue() + " (expected: " + expected + ")");
            }
            partitions.get(part).write(frame.position(begin));
            frame.limit(end);
        }
    }

    private synchronized void fillSentFile() throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(SENT_WRITE_BYTES);
        while (sent.size() < SENT_FILE_BYTES) {
            sent.write(chunk.clear(), sent.size());
        }
    }

    private void send(SocketChannel connection) throws IOException {
        ByteBuffer request = ByteBuffer.allocateDirect(REQUEST_BYTES);
        ByteBuffer header = ByteBuffer.allocateDirect(REQUEST_BYTES);
        long position = 0;
        while (true) {
            readFully(connection, request.clear());
            int left = request.getInt(0);
            int partBytes = request.getInt(Integer.BYTES);
            left -= connection.write(header.clear().limit(Math.min(left, REQUEST_BYTES)));
            while (left > 0) {
                int part = Math.min(left, partBytes);
                if (position + part > SENT_FILE_BYTES) {
                    position = 0;
                }
                sendFile(connection, position, part);
                position += part;
                left -= part;
            }
        }
    }

    private void sendFile(SocketChannel connection, long position, int length) throws IOException {
        long sentBytes = 0;
        while (sentBytes < length) {
            sentBytes += sent.transferTo(position + sentBytes, length - sentBytes, connection);
        }
    }

    /** Reads up to {@code buffer}'s limit. */
    static void readFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("connection: closed");
            }
        }
    }
}
