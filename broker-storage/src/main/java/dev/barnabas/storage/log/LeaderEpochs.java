package dev.barnabas.storage.log;

import dev.barnabas.storage.EpochEndOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which leader epoch began at which offset (KIP-101). Epochs and offsets grow from entry to entry. The checkpoint file
 * is written with the next flush after a change: until then the epochs beyond the recovery point are known from the
 * batches, which carry them.
 */
final class LeaderEpochs {
    /** Name of the checkpoint file in the log's directory. */
    static final String FILE = "leader-epoch-checkpoint";

    record Entry(int epoch, long startOffset) {}

    private final List<Entry> entries = new ArrayList<>(1);
    private boolean changed;

    /** Takes what a checkpoint held; entries that do not grow are left out. */
    void restore(List<Entry> restored) {
        entries.clear();
        for (var entry : restored) {
            if (entries.isEmpty() || (entry.epoch > last().epoch && entry.startOffset > last().startOffset)) {
                entries.add(entry);
            }
        }
        changed = false;
    }

    /** Notes that a batch of {@code epoch} begins at {@code offset}. */
    void onBatch(int epoch, long offset) {
        if (epoch < 0 || (!entries.isEmpty() && last().epoch >= epoch)) {
            return;
        }
        while (!entries.isEmpty() && last().startOffset >= offset) {
            entries.remove(entries.size() - 1);
        }
        entries.add(new Entry(epoch, offset));
        changed = true;
    }

    OptionalInt latest() {
        return entries.isEmpty() ? OptionalInt.empty() : OptionalInt.of(last().epoch);
    }

    /** The largest epoch at most {@code epoch} and the offset after its last record, in a log that ends at {@code logEnd}. */
    EpochEndOffset endOffsetFor(int epoch, long logEnd) {
        if (epoch == EpochEndOffset.UNDEFINED.epoch() || entries.isEmpty() || epoch > last().epoch) {
            return EpochEndOffset.UNDEFINED;
        }
        if (epoch == last().epoch) {
            return new EpochEndOffset(epoch, logEnd);
        }
        int higher = 0;
        while (entries.get(higher).epoch <= epoch) {
            higher++;
        }
        int found = higher == 0 ? epoch : entries.get(higher - 1).epoch;
        return new EpochEndOffset(found, entries.get(higher).startOffset);
    }

    OptionalInt epochAt(long offset) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).startOffset <= offset) {
                return OptionalInt.of(entries.get(i).epoch);
            }
        }
        return OptionalInt.empty();
    }

    /** Drops the epochs that begin at or above {@code offset}. */
    void truncateFromEnd(long offset) {
        while (!entries.isEmpty() && last().startOffset >= offset) {
            entries.remove(entries.size() - 1);
            changed = true;
        }
    }

    /** Drops the epochs that end at or below {@code offset}; the one in force there begins there from now on. */
    void truncateFromStart(long offset) {
        int inForce = -1;
        while (inForce + 1 < entries.size() && entries.get(inForce + 1).startOffset <= offset) {
            inForce++;
        }
        if (inForce < 0 || (inForce == 0 && entries.get(0).startOffset == offset)) {
            return;
        }
        int epoch = entries.get(inForce).epoch;
        entries.subList(0, inForce + 1).clear();
        entries.add(0, new Entry(epoch, offset));
        changed = true;
    }

    void clear() {
        changed |= !entries.isEmpty();
        entries.clear();
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Whether there were changes since {@link #onSaved} or {@link #restore}. */
    boolean isChanged() {
        return changed;
    }

    void onSaved() {
        changed = false;
    }

    private Entry last() {
        return entries.get(entries.size() - 1);
    }
}
