package dev.barnabas.storage.log;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The last offset of each key, in bounded memory: an open-addressed table of 24 bytes a slot, which keeps the key's hash of
 * 128 bits in its stead. Two keys of one hash would be taken for one; that is as likely as anything that never happens.
 */
final class OffsetMap {
    private static final int LONGS_PER_SLOT = 3;
    private static final int SLOT_BYTES = LONGS_PER_SLOT * Long.BYTES;
    private static final int SLOTS_MAX = (Integer.MAX_VALUE - 8) / LONGS_PER_SLOT;

    private final MessageDigest digest = newDigest();
    /** For each slot the two halves of the hash, and the offset plus one, or 0 if the slot is free. */
    private final long[] table;

    private final int slots;
    private final int entriesMax;
    private int entries;
    private long high;
    private long low;

    /**
     * @param bytesMax memory that it may take; a slot of memory it always has
     * @param entriesExpected what it will not need to exceed
     */
    OffsetMap(long bytesMax, long entriesExpected) {
        long wanted = Math.min(entriesExpected + (entriesExpected >> 1) + 2, bytesMax / SLOT_BYTES);
        slots = (int) Math.max(2, Math.min(wanted, SLOTS_MAX));
        entriesMax = Math.max(1, (int) (slots * 3L / 4));
        table = new long[slots * LONGS_PER_SLOT];
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("digest: MD5 (expected: in every Java platform)", e);
        }
    }

    /** Notes that {@code key} is at {@code offset}; false if there is no room for another key. */
    boolean put(ByteBuf key, long offset) {
        hash(key);
        int slot = slot();
        if (table[slot + 2] == 0) {
            if (entries == entriesMax) {
                return false;
            }
            entries++;
            table[slot] = high;
            table[slot + 1] = low;
        }
        table[slot + 2] = offset + 1;
        return true;
    }

    /** The last offset of {@code key}; -1 if it is not here. */
    long get(ByteBuf key) {
        hash(key);
        return table[slot() + 2] - 1;
    }

    /** Where the key hashed last is, or would be put. */
    private int slot() {
        int slot = (int) Long.remainderUnsigned(low, slots);
        while (true) {
            int at = slot * LONGS_PER_SLOT;
            if (table[at + 2] == 0 || (table[at] == high && table[at + 1] == low)) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }

    private void hash(ByteBuf key) {
        for (var part : key.nioBuffers()) {
            digest.update(part);
        }
        var bytes = digest.digest();
        high = longAt(bytes, 0);
        low = longAt(bytes, Long.BYTES);
    }

    private static long longAt(byte[] bytes, int index) {
        long value = 0;
        for (int i = index; i < index + Long.BYTES; i++) {
            value = (value << Byte.SIZE) | (bytes[i] & 0xff);
        }
        return value;
    }
}
