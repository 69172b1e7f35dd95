package dev.barnabas.broker.internal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a connection's bytes into frames: {@code length:int32}, then that many bytes. On the connection's loop.
 *
 * <p>The socket is read into chunks of a size that follows the traffic. A frame that lies whole in its chunk is a slice of
 * it. Of any other, what arrived is copied once into a buffer of the frame's exact length, into which the socket is then
 * read directly; a large one grows in pieces, each at most as long as what has arrived. Such a frame first takes its share
 * of the {@link RequestMemory}, unless it is very short.
 *
 * <pre>
 *   SIZE --length complete, frame in the chunk--> (frame) SIZE
 *   SIZE --length complete, frame is not--------> WAITING --share granted--> BODY --last byte--> (frame) SIZE
 * </pre>
 */
final class FrameReader {

    /** Frames up to this length take no share: as many bytes as a connection costs anyway. */
    static final int FREE_BYTES = 4096;

    private static final int CHUNK_BYTES_MIN = 512;
    private static final int CHUNK_BYTES_MAX = 65536;
    private static final int PIECE_BYTES_MIN = 256 * 1024;
    private static final int PIECE_BYTES_MAX = 8 * 1024 * 1024;

    private final int frameBytesMax;
    private final RequestMemory memory;
    private final SpareBuffers buffers;
    private final Runnable onGranted;

    /** What has arrived and is not cut yet, in order. */
    private final Deque<Chunk> chunks = new ArrayDeque<>(2);

    private int chunkBytes = 2048;

    /** How much of the length field has been read, and its value so far. */
    private int lengthBytesRead;

    private int length;
    private RequestMemory.@Nullable Share share;
    private @Nullable Body body;
    private long framesBegun;

    /** @param onGranted runs on any thread when a paused reader may go on */
    FrameReader(int frameBytesMax, RequestMemory memory, SpareBuffers buffers, Runnable onGranted) {
        this.frameBytesMax = frameBytesMax;
        this.memory = memory;
        this.buffers = buffers;
        this.onGranted = onGranted;
    }

    /** Where the socket is to be read into next; the caller's to release, or to hand to {@link #received}. */
    ByteBuf target() {
        return body != null && !body.isComplete() && chunks.isEmpty()
                ? body.target().retain()
                : buffers.take(chunkBytes);
    }

    /** Takes in what was read, into {@link #target} or from elsewhere. */
    void received(ByteBuf bytes) {
        if (body != null && body.isTarget(bytes)) {
            bytes.release();
            return;
        }
        if (bytes.capacity() == chunkBytes) {
            adaptTo(bytes.readableBytes());
        }
        chunks.add(new Chunk(bytes, buffers));
    }

    private void adaptTo(int bytesRead) {
        if (bytesRead == chunkBytes) {
            chunkBytes = Math.min(CHUNK_BYTES_MAX, chunkBytes * 4);
        } else if (bytesRead < chunkBytes / 8) {
            chunkBytes = Math.max(CHUNK_BYTES_MIN, chunkBytes / 2);
        }
    }

    /** Whether the reader waits for memory, so that reading on would be in vain. */
    boolean isWaiting() {
        return share != null && !share.isTaken();
    }

    /** Whether there is nothing that has arrived and is not given out, and no frame that memory is kept for. */
    boolean isEmpty() {
        return chunks.isEmpty() && body == null && share == null;
    }

    /** Whether there is more to cut out of what has arrived, or memory to be filled: not so in the midst of a frame. */
    boolean mayGoOn() {
        return !chunks.isEmpty() || body == null && share != null;
    }

    /** Bytes of the frame at hand, and 0 if none is. */
    int bytesOfUnfinishedFrame() {
        return body == null ? 0 : body.received();
    }

    /** How many frames so far did not arrive in one piece. */
    long framesBegun() {
        return framesBegun;
    }

    /** Whether part of the common memory is kept for a frame, begun or not. */
    boolean keepsShare() {
        return share != null && share.isTaken();
    }

    /** Whether a frame has begun to arrive that takes part of the common memory. */
    boolean holdsShare() {
        return body != null && share != null;
    }

    /**
     * The next frame; null if it is not complete or has to wait for memory.
     *
     * @throws FrameException if the peer announces a length that is negative or too large
     */
    @Nullable
    Frame next() {
        while (body == null) {
            if (lengthBytesRead < Integer.BYTES && !readLength()) {
                return null;
            }
            if (share == null) {
                Frame whole = sliceOfChunk();
                if (whole != null) {
                    return whole;
                }
            }
            if (!begin()) {
                return null;
            }
        }
        for (Chunk chunk = chunks.peek(); chunk != null && !body.isComplete(); chunk = chunks.peek()) {
            body.append(chunk.bytes());
            dropIfRead(chunk);
        }
        return body.isComplete() ? finish(body) : null;
    }

    private boolean readLength() {
        for (Chunk chunk = chunks.peek(); chunk != null; chunk = chunks.peek()) {
            ByteBuf bytes = chunk.bytes();
            if (lengthBytesRead == 0 && bytes.readableBytes() >= Integer.BYTES) {
                length = bytes.readInt();
                lengthBytesRead = Integer.BYTES;
            }
            while (lengthBytesRead < Integer.BYTES && bytes.isReadable()) {
                length = length << 8 | bytes.readUnsignedByte();
                lengthBytesRead++;
            }
            dropIfRead(chunk);
            if (lengthBytesRead == Integer.BYTES) {
                checkLength();
                return true;
            }
        }
        return false;
    }

    private void checkLength() {
        long max = Math.min(frameBytesMax, memory.frameBytesMax());
        if (length < 0 || length > max) {
            throw new FrameException("frame bytes: " + length + " (expected: 0-" + max + ")");
        }
    }

    private @Nullable Frame sliceOfChunk() {
        Chunk chunk = chunks.peek();
        if (chunk == null || chunk.bytes().readableBytes() < length) {
            return null;
        }
        lengthBytesRead = 0;
        if (chunk.bytes().readableBytes() == length) {
            return new Frame(chunk.bytes(), chunks.remove(), null);
        }
        return new Frame(chunk.bytes().readSlice(length), chunk.hold(), null);
    }

    /** Reserves memory for the frame whose length is known; false if it has to wait for that. */
    private boolean begin() {
        if (length > FREE_BYTES) {
            if (share == null) {
                share = memory.share(length, onGranted);
                share.take();
            }
            if (!share.isTaken()) {
                return false;
            }
        }
        framesBegun++;
        body = length <= RequestMemory.LARGE_BYTES ? new ExactBody(length) : new GrowingBody(length);
        return true;
    }

    private Frame finish(Body complete) {
        ByteBuf content = complete.content();
        Frame frame = new Frame(content, new Chunk(content, buffers), share);
        body = null;
        share = null;
        lengthBytesRead = 0;
        return frame;
    }

    private void dropIfRead(Chunk chunk) {
        if (!chunk.bytes().isReadable()) {
            chunks.remove().letGo();
        }
    }

    /** Releases what is held. */
    void close() {
        for (Chunk chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
            chunk.letGo();
        }
        if (body != null) {
            body.content().release();
            body = null;
        }
        if (share != null) {
            share.giveBack();
            share = null;
        }
    }

    /** A frame that arrives in parts. */
    private interface Body {

        /** The buffer that takes the next bytes; has room for at least one. */
        ByteBuf target();

        boolean isTarget(ByteBuf bytes);

        void append(ByteBuf chunk);

        int received();

        boolean isComplete();

        /** The bytes so far, to be released by the caller. */
        ByteBuf content();
    }

    private final class ExactBody implements Body {
        private final ByteBuf bytes;

        ExactBody(int length) {
            bytes = buffers.take(length);
        }

        @Override
        public ByteBuf target() {
            return bytes;
        }

        @Override
        public boolean isTarget(ByteBuf other) {
            return other == bytes;
        }

        @Override
        public void append(ByteBuf chunk) {
            bytes.writeBytes(chunk, Math.min(chunk.readableBytes(), bytes.writableBytes()));
        }

        @Override
        public int received() {
            return bytes.readableBytes();
        }

        @Override
        public boolean isComplete() {
            return !bytes.isWritable();
        }

        @Override
        public ByteBuf content() {
            return bytes;
        }
    }

    private final class GrowingBody implements Body {
        private final int length;
        private final CompositeByteBuf pieces = buffers.allocator().compositeDirectBuffer(Integer.MAX_VALUE);
        private ByteBuf piece;

        GrowingBody(int length) {
            this.length = length;
            this.piece = newPiece();
        }

        private ByteBuf newPiece() {
            int arrived = pieces.writerIndex();
            int bytes = Math.min(length - arrived, Math.min(PIECE_BYTES_MAX, Math.max(PIECE_BYTES_MIN, arrived)));
            return buffers.allocator().directBuffer(bytes, bytes);
        }

        @Override
        public ByteBuf target() {
            if (!piece.isWritable()) {
                pieces.addComponent(true, piece);
                piece = newPiece();
            }
            return piece;
        }

        @Override
        public boolean isTarget(ByteBuf other) {
            return other == piece;
        }

        @Override
        public void append(ByteBuf chunk) {
            while (chunk.isReadable() && !isComplete()) {
                ByteBuf into = target();
                into.writeBytes(chunk, Math.min(chunk.readableBytes(), into.writableBytes()));
            }
        }

        @Override
        public int received() {
            return pieces.writerIndex() + piece.readableBytes();
        }

        @Override
        public boolean isComplete() {
            return received() == length;
        }

        @Override
        public ByteBuf content() {
            return pieces.addComponent(true, piece);
        }
    }
}
