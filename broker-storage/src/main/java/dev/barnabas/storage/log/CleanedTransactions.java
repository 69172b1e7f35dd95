package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.AbortedTransaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Which transactions are open at the point that compaction has reached. Tells what of an aborted transaction may go: its
 * data at once, its marker when no data of it is left; and the same of a committed one's marker.
 */
final class CleanedTransactions {
    private final PriorityQueue<AbortedTransaction> ahead =
            new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
    private final Map<Long, AbortedTransaction> aborting = new HashMap<>();
    private final Set<Long> abortingWithData = new HashSet<>();
    private final Set<Long> committingWithData = new HashSet<>();
    private final List<AbortedTransaction> kept = new ArrayList<>();

    /** @param aborted the transactions that the batches to come belong to, in any order */
    CleanedTransactions(List<AbortedTransaction> aborted) {
        ahead.addAll(aborted);
    }

    /** Passes a batch of data; returns whether its transaction was aborted. */
    boolean onData(RecordBatch batch) {
        reach(batch.lastOffset());
        if (!batch.isTransactional()) {
            return false;
        }
        long producerId = batch.producerId();
        if (aborting.containsKey(producerId)) {
            abortingWithData.add(producerId);
            return true;
        }
        committingWithData.add(producerId);
        return false;
    }

    /** Passes a control batch; returns whether it is the marker of a transaction of which nothing is left. */
    boolean onControl(RecordBatch batch) {
        reach(batch.lastOffset());
        var marker = TransactionMarker.read(batch);
        if (marker == null) {
            return batch.hasProducerId(); // a marker that an earlier compaction has emptied
        }
        long producerId = batch.producerId();
        if (marker.committed()) {
            return !committingWithData.remove(producerId);
        }
        var transaction = aborting.remove(producerId);
        boolean hadData = abortingWithData.remove(producerId);
        if (transaction != null && hadData) {
            kept.add(transaction);
            return false;
        }
        return true;
    }

    private void reach(long offset) {
        while (!ahead.isEmpty() && ahead.peek().firstOffset() <= offset) {
            var transaction = ahead.remove();
            aborting.put(transaction.producerId(), transaction);
        }
    }

    /** The aborted transactions that ended since the last call and still have data or a marker; in order of their markers. */
    List<AbortedTransaction> takeKept() {
        var taken = List.copyOf(kept);
        kept.clear();
        return taken;
    }
}
