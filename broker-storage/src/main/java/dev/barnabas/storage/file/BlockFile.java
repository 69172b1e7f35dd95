package dev.barnabas.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open file that grows at its end. One thread at a time appends and truncates; any thread reads below an end that it
 * learnt from the writer. Counted references: the opener holds one, each reader in flight takes another, and the file is
 * closed with the last.
 */
public interface BlockFile {

    /** Length in bytes. */
    long size();

    /**
     * Appends the readable bytes of {@code sources}, one after the other, in one gathering write; does not touch their
     * indexes.
     *
     * @throws IOException if not all was written; the file may then hold a part of it
     */
    void append(List<ByteBuf> sources) throws IOException;

    /** Appends to {@code target} up to {@code length} bytes from {@code position} on; fewer only at the end of the file. */
    int read(ByteBuf target, long position, int length) throws IOException;

    /** Cuts the file to {@code size}; nothing happens if it is not longer. */
    void truncate(long size) throws IOException;

    /** Returns when all that was written is on disk. May run while another thread appends. */
    void force() throws IOException;

    /** The channel to {@code sendfile} from; null if the file is in memory. */
    @Nullable
    FileChannel channel();

    /** Takes a reference. Any thread that already has one. */
    void retain();

    /** Gives a reference back; the last one closes the file. Any thread. */
    void release();
}
