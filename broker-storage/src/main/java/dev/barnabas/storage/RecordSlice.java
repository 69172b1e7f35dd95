package dev.barnabas.storage;

import dev.barnabas.protocol.record.Records;
import io.netty.buffer.ByteBuf;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A run of whole batches inside a segment, not copied: a position and a length in a file, or a view of memory. It keeps
 * the segment's file open until {@link #release}, even if the segment is deleted meanwhile.
 */
public interface RecordSlice extends Records {

    /** The file to {@code sendfile} from; null if the bytes lie in memory and {@link #writeTo} copies them. */
    @Nullable
    FileChannel channel();

    /** Where the slice begins in {@link #channel}. */
    long position();

    /**
     * Appends {@code length} bytes, from the {@code offset}th of the slice on. A slow reader's response is copied piece by
     * piece, as it takes it.
     */
    void writeTo(ByteBuf out, int offset, int length);

    @Override
    default void writeTo(ByteBuf out) {
        writeTo(out, 0, sizeInBytes());
    }

    /** Bytes of memory that nothing but this slice needs; 0, the default, if it is a view of what is there anyway. */
    default int ownBytes() {
        return 0;
    }

    /** Gives the slice back; exactly once, on any thread. */
    void release();
}
