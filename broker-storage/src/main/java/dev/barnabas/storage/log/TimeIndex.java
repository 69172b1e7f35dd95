package dev.barnabas.storage.log;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The highest timestamp up to an offset. On disk, and so in {@link #writeTo}, an entry is
 *
 * <pre>
 * 0  timestamp       i64   highest timestamp of the segment so far, milliseconds since the epoch
 * 8  relativeOffset  i32   last offset of the batch that brought it - base offset of the segment
 * </pre>
 *
 * Both grow from entry to entry.
 */
final class TimeIndex {
    static final int ENTRY_BYTES = 12;
    private static final long[] NO_TIMESTAMPS = {};
    private static final int[] NO_OFFSETS = {};

    private final long baseOffset;
    private long[] timestamps = NO_TIMESTAMPS;
    private int[] relativeOffsets = NO_OFFSETS;
    private int entries;

    TimeIndex(long baseOffset) {
        this.baseOffset = baseOffset;
    }

    /** Reads a whole file. @throws CorruptIndexException if it cannot belong to this segment */
    static TimeIndex read(long baseOffset, ByteBuf file) throws CorruptIndexException {
        if (file.readableBytes() % ENTRY_BYTES != 0) {
            throw new CorruptIndexException(
                    "time index bytes: " + file.readableBytes() + " (expected: a multiple of " + ENTRY_BYTES + ")");
        }
        var index = new TimeIndex(baseOffset);
        int count = file.readableBytes() / ENTRY_BYTES;
        for (int i = 0; i < count; i++) {
            long timestamp = file.readLong();
            int relativeOffset = file.readInt();
            boolean grows = i == 0
                    ? relativeOffset >= 0
                    : timestamp > index.timestamps[i - 1] && relativeOffset >= index.relativeOffsets[i - 1];
            if (!grows) {
                throw new CorruptIndexException("time index entry " + i + ": timestamp " + timestamp + ", offset "
                        + (baseOffset + relativeOffset) + " (expected: growing)");
            }
            index.append(timestamp, baseOffset + relativeOffset);
        }
        return index;
    }

    void writeTo(ByteBuf out) {
        for (int i = 0; i < entries; i++) {
            out.writeLong(timestamps[i]);
            out.writeInt(relativeOffsets[i]);
        }
    }

    /** Adds an entry unless {@code timestamp} is no higher than the last one's. */
    void append(long timestamp, long offset) {
        if (timestamp <= lastTimestamp()) {
            return;
        }
        if (entries == timestamps.length) {
            int capacity = Math.max(8, entries + (entries >> 1));
            timestamps = Arrays.copyOf(timestamps, capacity);
            relativeOffsets = Arrays.copyOf(relativeOffsets, capacity);
        }
        timestamps[entries] = timestamp;
        relativeOffsets[entries] = (int) (offset - baseOffset);
        entries++;
    }

    int entries() {
        return entries;
    }

    int sizeInBytes() {
        return entries * ENTRY_BYTES;
    }

    /** -1 if there is no entry. */
    long lastTimestamp() {
        return entries == 0 ? -1 : timestamps[entries - 1];
    }

    /** Offset of the last entry; the base offset if there is none. */
    long lastOffset() {
        return entries == 0 ? baseOffset : baseOffset + relativeOffsets[entries - 1];
    }

    /** An offset before which no timestamp reaches {@code timestamp}: the nearest known. */
    long offsetBefore(long timestamp) {
        int low = 0;
        int high = entries - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (timestamps[middle] < timestamp) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? baseOffset : baseOffset + relativeOffsets[high];
    }

    /** Drops the entries of offsets at and above {@code offset}. */
    void truncateTo(long offset) {
        while (entries > 0 && baseOffset + relativeOffsets[entries - 1] >= offset) {
            entries--;
        }
    }
}
