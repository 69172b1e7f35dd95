package dev.barnabas.storage.log;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.ProducerState;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The producers of one partition: refuses batches out of order and of fenced epochs, recognises retries, and knows which
 * transactions are undecided (KIP-98). First {@link #check}, then write, then {@link #onBatch}.
 *
 * <p>A decided transaction still holds the last stable offset until its marker lies below the high watermark.
 */
final class ProducerStates {
    /** A transaction that a marker has decided. */
    record Decided(long producerId, long firstOffset, long markerOffset, boolean aborted) {}

    private final LongObjectHashMap<ProducerEntry> producers = new LongObjectHashMap<>(4);
    /** First offset of each open transaction. */
    private final TreeMap<Long, Long> undecided = new TreeMap<>();
    /** First offset of each decided transaction whose marker is not yet replicated, with the marker's offset. */
    private final TreeMap<Long, Long> unreplicated = new TreeMap<>();

    private long highWatermark;

    @Nullable
    ProducerEntry get(long producerId) {
        return producers.get(producerId);
    }

    int size() {
        return producers.size();
    }

    Iterable<ProducerEntry> entries() {
        return producers.values();
    }

    void clear() {
        producers.clear();
        undecided.clear();
        unreplicated.clear();
    }

    /** Takes an entry of a snapshot. */
    void restore(ProducerEntry entry) {
        producers.put(entry.producerId, entry);
        if (entry.transactionFirstOffset() >= 0) {
            undecided.put(entry.transactionFirstOffset(), entry.producerId);
        }
    }

    /** Takes the batches before each producer's last one from {@code others}, where these know the same last one. */
    void recall(ProducerStates others) {
        for (var entry : producers.values()) {
            var other = others.get(entry.producerId);
            if (other != null) {
                entry.recall(other);
            }
        }
    }

    /**
     * Whether a batch with a producer id may be appended at {@code offset}.
     *
     * @throws ApiException if not
     */
    void check(RecordBatch batch, AppendOrigin origin, long offset) {
        if (origin == AppendOrigin.REPLICATION) {
            return;
        }
        var entry = producers.get(batch.producerId());
        if (batch.isControl()) {
            checkMarker(batch, entry, offset);
            return;
        }
        if (entry == null) {
            return; // nothing is known, perhaps because retention deleted it all: any sequence is as good as another
        }
        checkEpoch(batch, entry, offset);
        if (origin == AppendOrigin.CLIENT) {
            checkSequence(batch, entry, offset);
        }
        if (entry.transactionFirstOffset() >= 0 && !batch.isTransactional()) {
            throw new ApiException(
                    ErrorCode.INVALID_TXN_STATE,
                    "batch of producer " + batch.producerId() + " at offset " + offset
                            + ": not transactional (expected: transactional, as the transaction open since offset "
                            + entry.transactionFirstOffset() + ")");
        }
    }

    private static void checkMarker(RecordBatch batch, @Nullable ProducerEntry entry, long offset) {
        var marker = TransactionMarker.read(batch);
        if (marker == null || entry == null) {
            return;
        }
        checkEpoch(batch, entry, offset);
        if (marker.coordinatorEpoch() < entry.coordinatorEpoch()) {
            throw new ApiException(
                    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                    "coordinator epoch of producer " + batch.producerId() + " at offset " + offset + ": "
                            + marker.coordinatorEpoch() + " (expected: at least " + entry.coordinatorEpoch() + ")");
        }
    }

    private static void checkEpoch(RecordBatch batch, ProducerEntry entry, long offset) {
        if (batch.producerEpoch() < entry.epoch()) {
            throw new ApiException(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "epoch of producer " + batch.producerId() + " at offset " + offset + ": " + batch.producerEpoch()
                            + " (expected: at least " + entry.epoch() + ")");
        }
    }

    private static void checkSequence(RecordBatch batch, ProducerEntry entry, long offset) {
        int expected;
        if (batch.producerEpoch() != entry.epoch()) {
            expected = entry.epoch() == RecordBatch.NO_PRODUCER_EPOCH ? batch.baseSequence() : 0;
        } else {
            expected = (entry.lastSequence() + 1) & Integer.MAX_VALUE;
        }
        if (batch.baseSequence() != expected) {
            throw new ApiException(
                    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    "sequence of producer " + batch.producerId() + " at offset " + offset + ": " + batch.baseSequence()
                            + " (expected: " + expected + ")");
        }
    }

    /**
     * Takes note of a batch with a producer id that is now in the log.
     *
     * @return the transaction that it decided; null if it did not
     */
    @Nullable
    Decided onBatch(RecordBatch batch) {
        if (batch.isControl()) {
            var marker = TransactionMarker.read(batch);
            return marker == null ? null : onMarker(batch, marker);
        }
        var entry = entry(batch.producerId());
        long firstOffset = batch.baseOffset();
        entry.onBatch(
                batch.producerEpoch(),
                batch.lastSequence(),
                batch.lastOffset(),
                batch.lastOffsetDelta(),
                batch.maxTimestamp());
        if (batch.isTransactional() && entry.transactionFirstOffset() < 0) {
            entry.beginTransaction(firstOffset);
            undecided.put(firstOffset, batch.producerId());
        }
        return null;
    }

    private @Nullable Decided onMarker(RecordBatch batch, TransactionMarker marker) {
        var entry = entry(batch.producerId());
        long firstOffset = entry.transactionFirstOffset();
        entry.onMarker(batch.producerEpoch(), marker.coordinatorEpoch(), batch.maxTimestamp());
        if (firstOffset < 0) {
            return null;
        }
        undecided.remove(firstOffset);
        if (batch.baseOffset() >= highWatermark) {
            unreplicated.put(firstOffset, batch.baseOffset());
        }
        return new Decided(batch.producerId(), firstOffset, batch.baseOffset(), !marker.committed());
    }

    private ProducerEntry entry(long producerId) {
        var entry = producers.get(producerId);
        if (entry == null) {
            entry = new ProducerEntry(producerId);
            producers.put(producerId, entry);
        }
        return entry;
    }

    /** Where the last stable offset would be once the markers up to {@code logEnd} are replicated. */
    long firstUndecidedOffset(long logEnd) {
        return undecided.isEmpty() ? logEnd : undecided.firstKey();
    }

    /** First offset of the oldest transaction that is undecided, or whose marker is not replicated; -1 if there is none. */
    long firstUnstableOffset() {
        long open = undecided.isEmpty() ? Long.MAX_VALUE : undecided.firstKey();
        long decided = unreplicated.isEmpty() ? Long.MAX_VALUE : unreplicated.firstKey();
        long first = Math.min(open, decided);
        return first == Long.MAX_VALUE ? -1 : first;
    }

    void onHighWatermark(long offset) {
        highWatermark = offset;
        if (!unreplicated.isEmpty()) {
            unreplicated.values().removeIf(markerOffset -> markerOffset < offset);
        }
    }

    /** Forgets the producers whose last batch is older than {@code expirationMs} and who have no open transaction. */
    void expire(long nowMs, long expirationMs) {
        for (Iterator<ProducerEntry> each = producers.values().iterator(); each.hasNext(); ) {
            var entry = each.next();
            if (entry.transactionFirstOffset() < 0 && nowMs - entry.lastTimestampMs() >= expirationMs) {
                each.remove();
            }
        }
    }

    /** The last batch of each producer, which compaction must leave. */
    LongObjectHashMap<Compaction.LastBatch> lastBatches() {
        var batches = new LongObjectHashMap<Compaction.LastBatch>(producers.size() + 1);
        for (var entry : producers.values()) {
            batches.put(entry.producerId, new Compaction.LastBatch(entry.lastOffset(), entry.epoch()));
        }
        return batches;
    }

    List<ProducerState> describe() {
        var states = new ArrayList<ProducerState>(producers.size());
        for (var entry : producers.values()) {
            states.add(new ProducerState(
                    entry.producerId,
                    entry.epoch(),
                    entry.lastSequence(),
                    entry.lastTimestampMs(),
                    entry.coordinatorEpoch(),
                    entry.transactionFirstOffset()));
        }
        return states;
    }
}
