package dev.barnabas.storage.log;

import dev.barnabas.storage.AbortedTransaction;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The aborted transactions whose markers lie in the segment, in the order of the markers. On disk an entry is
 *
 * <pre>
 *  0  version           i16   0
 *  2  producerId        i64
 * 10  firstOffset       i64   of the transaction's data
 * 18  lastOffset        i64   of the marker
 * 26  lastStableOffset  i64   when the marker was written
 * </pre>
 */
final class AbortedTransactionIndex {
    static final int ENTRY_BYTES = 34;
    private static final short VERSION = 0;

    private final List<AbortedTransaction> entries = new ArrayList<>(0);

    /** Reads a whole file. @throws CorruptIndexException if it cannot belong to a segment that begins there */
    static AbortedTransactionIndex read(long baseOffset, ByteBuf file) throws CorruptIndexException {
        if (file.readableBytes() % ENTRY_BYTES != 0) {
            throw new CorruptIndexException("transaction index bytes: " + file.readableBytes()
                    + " (expected: a multiple of " + ENTRY_BYTES + ")");
        }
        var index = new AbortedTransactionIndex();
        while (file.isReadable()) {
            short version = file.readShort();
            var entry = new AbortedTransaction(file.readLong(), file.readLong(), file.readLong(), file.readLong());
            if (version != VERSION || entry.lastOffset() < baseOffset) {
                throw new CorruptIndexException("transaction index entry: version " + version + ", " + entry
                        + " (expected: version " + VERSION + ", last offset at least " + baseOffset + ")");
            }
            index.append(entry);
        }
        return index;
    }

    void writeTo(ByteBuf out) {
        for (var entry : entries) {
            out.writeShort(VERSION);
            out.writeLong(entry.producerId());
            out.writeLong(entry.firstOffset());
            out.writeLong(entry.lastOffset());
            out.writeLong(entry.lastStableOffset());
        }
    }

    void append(AbortedTransaction entry) {
        entries.add(entry);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int sizeInBytes() {
        return entries.size() * ENTRY_BYTES;
    }

    /**
     * Adds to {@code found} the transactions that overlap [{@code from}, {@code upper}).
     *
     * @return whether that is all, so that later segments need not be asked
     */
    boolean collect(long from, long upper, List<AbortedTransaction> found) {
        for (var entry : entries) {
            if (entry.lastOffset() >= from && entry.firstOffset() < upper) {
                found.add(entry);
            }
            if (entry.lastStableOffset() >= upper) {
                return true;
            }
        }
        return false;
    }

    /** Drops the transactions whose markers lie at or above {@code offset}. */
    void truncateTo(long offset) {
        entries.removeIf(entry -> entry.lastOffset() >= offset);
    }
}
