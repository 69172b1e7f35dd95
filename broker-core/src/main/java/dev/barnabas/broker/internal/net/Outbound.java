package dev.barnabas.broker.internal.net;

import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way out of one connection. Buffers and file regions go to the channel at once; slices that have to be copied (memory,
 * TLS) follow in pieces, as the peer takes them, so that a slow reader costs its channel's water mark and one piece. On the
 * connection's loop.
 */
final class Outbound {

    private static final int PIECE_BYTES = 32 * 1024;

    /** Up to this length, copying a slice beside its neighbours costs less than a system call of its own. */
    private static final int COPY_BYTES_MAX = 8 * 1024;

    private final Channel channel;
    private final boolean encrypted;
    private final Runnable onDrained;
    private final ChannelFutureListener onRegionSent = this::onRegionSent;

    /** A slice that is being copied, and what waits behind it: buffers and slices. */
    private final Deque<Object> waiting = new ArrayDeque<>(2);

    private final ResponseMemory memory;

    private int copied;
    private int longBytesUntaken;
    private long bytesWritten;
    private int regionsUnsent;

    /**
     * @param memory what long responses are charged to
     * @param onDrained runs when {@link #isReady} may have become true
     */
    Outbound(Channel channel, boolean encrypted, ResponseMemory memory, Runnable onDrained) {
        this.channel = channel;
        this.encrypted = encrypted;
        this.memory = memory;
        this.onDrained = onDrained;
    }

    /** Whether the peer has taken enough of what it was sent to be served again. */
    boolean isReady() {
        return waiting.isEmpty() && regionsUnsent == 0 && channel.isWritable();
    }

    /**
     * Writes responses, without flushing. Takes over {@code buffer} and the slices: what could not be written, as there was no
     * memory for it, is released by {@link #close}.
     */
    void write(ByteBuf buffer, List<GatheringWriter.Cut> cuts) {
        boolean isFirst = waiting.isEmpty();
        if (isFirst && cuts.isEmpty()) {
            writeBuffer(buffer);
            return;
        }
        for (GatheringWriter.Cut cut : cuts) {
            int before = cut.index() - buffer.readerIndex();
            if (before > 0) {
                waiting.add(buffer.readRetainedSlice(before));
            }
            waiting.add(cut.slice());
            longBytesUntaken += ownBytes(cut.slice());
        }
        if (buffer.isReadable()) {
            waiting.add(buffer);
        } else {
            buffer.release();
        }
        if (isFirst) {
            writeAhead();
        }
    }

    /** Writes what comes before the first slice that has to be copied in pieces, whether the peer takes it now or not. */
    private void writeAhead() {
        for (Object part = waiting.peek(); part != null; part = waiting.peek()) {
            if (!writeFirst(part)) {
                return;
            }
        }
    }

    private boolean writeFirst(Object part) {
        int ownBytes = ownBytes(part);
        if (!writeAtOnce(part)) {
            return false;
        }
        waiting.remove();
        longBytesUntaken -= ownBytes;
        return true;
    }

    private boolean writeAtOnce(Object part) {
        if (part instanceof ByteBuf buffer) {
            writeBuffer(buffer);
            return true;
        }
        RecordSlice slice = (RecordSlice) part;
        int bytes = slice.sizeInBytes();
        FileChannel file = slice.channel();
        if (bytes > COPY_BYTES_MAX && file != null && !encrypted) {
            regionsUnsent++;
            bytesWritten += bytes;
            channel.write(new SliceRegion(slice, file)).addListener(onRegionSent);
            return true;
        }
        if (bytes <= COPY_BYTES_MAX) {
            copy(slice, 0, bytes);
            slice.release();
            return true;
        }
        return false;
    }

    private void writeBuffer(ByteBuf buffer) {
        int bytes = buffer.readableBytes();
        bytesWritten += bytes;
        if (bytes <= ResponseMemory.FREE_BYTES) {
            channel.write(buffer, channel.voidPromise());
            return;
        }
        memory.take(bytes);
        longBytesUntaken += bytes;
        channel.write(buffer).addListener(taken -> {
            longBytesUntaken -= bytes;
            memory.giveBack(bytes);
        });
    }

    /** Bytes of long responses, and of slices with memory of their own, that the peer has not taken. */
    int longBytesUntaken() {
        return longBytesUntaken;
    }

    /** Bytes that the peer has taken so far, but for what the channel adds to each write that it holds. */
    long bytesTaken() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null
                ? bytesWritten
                : bytesWritten - pending.totalPendingWriteBytes() + pending.currentProgress();
    }

    private void copy(RecordSlice slice, int offset, int length) {
        if (length == 0) {
            return;
        }
        ByteBuf piece = channel.alloc().directBuffer(length, length);
        try {
            slice.writeTo(piece, offset, length);
        } catch (RuntimeException | Error e) {
            piece.release();
            throw e;
        }
        bytesWritten += length;
        channel.write(piece, channel.voidPromise());
    }

    /**
     * Moves on as far as the channel takes it. Returns whether anything was written. Where memory is lacking, the connection
     * has to be closed: part of a response is on its way.
     */
    boolean pump() {
        boolean wrote = false;
        for (Object part = waiting.peek(); part != null && channel.isWritable(); part = waiting.peek()) {
            wrote = true;
            if (copied > 0 || !writeFirst(part)) {
                copyPiece((RecordSlice) part);
            }
        }
        return wrote;
    }

    private void copyPiece(RecordSlice slice) {
        int length = Math.min(PIECE_BYTES, slice.sizeInBytes() - copied);
        copy(slice, copied, length);
        copied += length;
        if (copied == slice.sizeInBytes()) {
            waiting.remove();
            copied = 0;
            longBytesUntaken -= slice.ownBytes();
            slice.release();
        }
    }

    /** Asked before {@code part} is written, as what is written may be released. */
    private static int ownBytes(Object part) {
        return part instanceof RecordSlice slice ? slice.ownBytes() : 0;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    private void onRegionSent(ChannelFuture sent) {
        regionsUnsent--;
        if (!sent.isSuccess()) {
            channel.close();
        } else if (regionsUnsent == 0) {
            onDrained.run();
        }
    }

    /** Releases what was not written. */
    void close() {
        for (@Nullable Object part = waiting.poll(); part != null; part = waiting.poll()) {
            if (part instanceof ByteBuf buffer) {
                buffer.release();
            } else {
                RecordSlice slice = (RecordSlice) part;
                longBytesUntaken -= slice.ownBytes();
                slice.release();
            }
        }
    }
}
