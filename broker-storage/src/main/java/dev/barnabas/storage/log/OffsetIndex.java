package dev.barnabas.storage.log;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Where in the segment an offset lies, for one batch in every {@code index.interval.bytes}. On disk, and so in
 * {@link #writeTo}, an entry is
 *
 * <pre>
 * 0  relativeOffset  i32   last offset of a batch - base offset of the segment
 * 4  position        i32   where that batch begins
 * </pre>
 *
 * Both grow from entry to entry.
 */
final class OffsetIndex {
    static final int ENTRY_BYTES = 8;
    private static final int[] NONE = {};

    private final long baseOffset;
    private int[] relativeOffsets = NONE;
    private int[] positions = NONE;
    private int entries;

    OffsetIndex(long baseOffset) {
        this.baseOffset = baseOffset;
    }

    /** Reads a whole file. @throws CorruptIndexException if it cannot belong to this segment */
    static OffsetIndex read(long baseOffset, ByteBuf file, long segmentBytes) throws CorruptIndexException {
        if (file.readableBytes() % ENTRY_BYTES != 0) {
            throw new CorruptIndexException(
                    "index bytes: " + file.readableBytes() + " (expected: a multiple of " + ENTRY_BYTES + ")");
        }
        var index = new OffsetIndex(baseOffset);
        int count = file.readableBytes() / ENTRY_BYTES;
        index.relativeOffsets = new int[count];
        index.positions = new int[count];
        for (int i = 0; i < count; i++) {
            int relativeOffset = file.readInt();
            int position = file.readInt();
            boolean grows = i == 0
                    ? relativeOffset >= 0 && position >= 0
                    : relativeOffset > index.relativeOffsets[i - 1] && position > index.positions[i - 1];
            if (!grows || position >= segmentBytes) {
                throw new CorruptIndexException("index entry " + i + ": offset " + (baseOffset + relativeOffset)
                        + " at " + position + " (expected: growing, below " + segmentBytes + ")");
            }
            index.relativeOffsets[i] = relativeOffset;
            index.positions[i] = position;
        }
        index.entries = count;
        return index;
    }

    void writeTo(ByteBuf out) {
        for (int i = 0; i < entries; i++) {
            out.writeInt(relativeOffsets[i]);
            out.writeInt(positions[i]);
        }
    }

    void append(long lastOffset, int position) {
        if (entries == positions.length) {
            int capacity = Math.max(8, entries + (entries >> 1));
            relativeOffsets = Arrays.copyOf(relativeOffsets, capacity);
            positions = Arrays.copyOf(positions, capacity);
        }
        relativeOffsets[entries] = (int) (lastOffset - baseOffset);
        positions[entries] = position;
        entries++;
    }

    int entries() {
        return entries;
    }

    int sizeInBytes() {
        return entries * ENTRY_BYTES;
    }

    /** A position at or before the batch that holds {@code offset}: the nearest known. */
    int positionBefore(long offset) {
        long relative = offset - baseOffset;
        if (relative > Integer.MAX_VALUE) {
            return entries == 0 ? 0 : positions[entries - 1];
        }
        int found = floor(relativeOffsets, entries, (int) relative);
        return found < 0 ? 0 : positions[found];
    }

    /** The largest known beginning of a batch that is at most {@code position}. */
    int floorPosition(int position) {
        int found = floor(positions, entries, position);
        return found < 0 ? 0 : positions[found];
    }

    /** Position of the last entry; 0 if there is none. */
    int lastPosition() {
        return entries == 0 ? 0 : positions[entries - 1];
    }

    /** Drops the entries of batches that hold {@code offset} or more. */
    void truncateTo(long offset) {
        while (entries > 0 && baseOffset + relativeOffsets[entries - 1] >= offset) {
            entries--;
        }
    }

    /** Index of the last of the first {@code count} sorted numbers that is at most {@code wanted}; -1 if none is. */
    private static int floor(int[] sorted, int count, int wanted) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
