package dev.barnabas.storage.log;

import org.jspecify.annotations.Nullable;

/**
 * Where the last 64 batches of the active segment lie, so that a consumer that keeps up needs neither the index nor a
 * read of the file to find its batch.
 */
final class TailPositions {
    private static final int CAPACITY = 64;

    private final long[] baseOffsets = new long[CAPACITY];
    private final long[] lastOffsets = new long[CAPACITY];
    private final int[] positions = new int[CAPACITY];
    /** Number of batches ever added; the ones from {@code added - CAPACITY} on are known. */
    private long added;
    /** Position after the last batch. */
    private int end;

    void add(long baseOffset, long lastOffset, int position, int sizeInBytes) {
        int slot = slot(added++);
        baseOffsets[slot] = baseOffset;
        lastOffsets[slot] = lastOffset;
        positions[slot] = position;
        end = position + sizeInBytes;
    }

    void clear() {
        added = 0;
    }

    /** The batch that holds {@code offset}, or the first after it; null if it is older than what is known. */
    @Nullable
    BatchPosition find(long offset) {
        long low = first();
        if (low == added || offset < baseOffsets[slot(low)]) {
            return null;
        }
        long high = added - 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (lastOffsets[slot(middle)] < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int slot = slot(low);
        if (lastOffsets[slot] < offset) {
            return null;
        }
        int next = low + 1 == added ? end : positions[slot(low + 1)];
        return new BatchPosition(baseOffsets[slot], positions[slot], next - positions[slot]);
    }

    /** The largest beginning of a batch at most {@code position}; -1 if that is older than what is known. */
    int floorPosition(int position) {
        long low = first();
        long high = added - 1;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            if (positions[slot(middle)] <= position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < first() ? -1 : positions[slot(high)];
    }

    private long first() {
        return Math.max(0, added - CAPACITY);
    }

    private static int slot(long number) {
        return (int) (number & (CAPACITY - 1));
    }
}
