package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.RecordBatch;

/** What one partition knows of one producer: its epoch, its last five batches, its open transaction. */
final class ProducerEntry {
    /** How many batches are kept to recognise a retry; also the most that an idempotent producer has in flight. */
    static final int BATCHES_KEPT = 5;

    final long producerId;
    private short epoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int coordinatorEpoch = -1;
    private long lastTimestampMs = RecordBatch.NO_TIMESTAMP;
    private long transactionFirstOffset = -1;

    private final int[] lastSequences = new int[BATCHES_KEPT];
    private final int[] offsetDeltas = new int[BATCHES_KEPT];
    private final long[] lastOffsets = new long[BATCHES_KEPT];
    private final long[] timestamps = new long[BATCHES_KEPT];
    private int batches;
    private int newest;

    ProducerEntry(long producerId) {
        this.producerId = producerId;
    }

    short epoch() {
        return epoch;
    }

    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    long lastTimestampMs() {
        return lastTimestampMs;
    }

    /** First offset of the open transaction; -1 if there is none. */
    long transactionFirstOffset() {
        return transactionFirstOffset;
    }

    /** -1 if no batch of this epoch is known. */
    int lastSequence() {
        return batches == 0 ? RecordBatch.NO_SEQUENCE : lastSequences[newest];
    }

    /** -1 if no batch of this epoch is known. */
    long lastOffset() {
        return batches == 0 ? -1 : lastOffsets[newest];
    }

    int lastOffsetDelta() {
        return batches == 0 ? 0 : offsetDeltas[newest];
    }

    /** The earlier batch of the same epoch and sequences, as a slot for the methods below; -1 if there is none. */
    int findDuplicate(RecordBatch batch) {
        if (batch.producerEpoch() != epoch) {
            return -1;
        }
        int lastSequence = batch.lastSequence();
        int delta = batch.lastOffsetDelta();
        for (int i = 0; i < batches; i++) {
            int slot = Math.floorMod(newest - i, BATCHES_KEPT);
            if (lastSequences[slot] == lastSequence && offsetDeltas[slot] == delta) {
                return slot;
            }
        }
        return -1;
    }

    long firstOffset(int slot) {
        return lastOffsets[slot] - offsetDeltas[slot];
    }

    long lastOffset(int slot) {
        return lastOffsets[slot];
    }

    long timestampMs(int slot) {
        return timestamps[slot];
    }

    void onBatch(short batchEpoch, int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        takeEpoch(batchEpoch);
        newest = (newest + 1) % BATCHES_KEPT;
        batches = Math.min(batches + 1, BATCHES_KEPT);
        lastSequences[newest] = lastSequence;
        offsetDeltas[newest] = offsetDelta;
        lastOffsets[newest] = lastOffset;
        timestamps[newest] = timestampMs;
        lastTimestampMs = timestampMs;
    }

    void beginTransaction(long firstOffset) {
        transactionFirstOffset = firstOffset;
    }

    /** A marker ends the open transaction and may bring a new epoch. */
    void onMarker(short markerEpoch, int markerCoordinatorEpoch, long timestampMs) {
        takeEpoch(markerEpoch);
        coordinatorEpoch = markerCoordinatorEpoch;
        lastTimestampMs = timestampMs;
        transactionFirstOffset = -1;
    }

    /** Takes what a snapshot held; a last offset of -1 stands for no batch. */
    void restore(
            short restoredEpoch,
            int lastSequence,
            long lastOffset,
            int offsetDelta,
            long timestampMs,
            int restoredCoordinatorEpoch,
            long restoredTransactionFirstOffset) {
        epoch = restoredEpoch;
        if (lastOffset >= 0) {
            onBatch(restoredEpoch, lastSequence, lastOffset, offsetDelta, timestampMs);
        }
        lastTimestampMs = timestampMs;
        coordinatorEpoch = restoredCoordinatorEpoch;
        transactionFirstOffset = restoredTransactionFirstOffset;
    }

    /** Takes the batches of {@code other} if both end with the same one. */
    void recall(ProducerEntry other) {
        if (batches > 0 && other.epoch == epoch && other.lastOffset() == lastOffset()) {
            System.arraycopy(other.lastSequences, 0, lastSequences, 0, BATCHES_KEPT);
            System.arraycopy(other.offsetDeltas, 0, offsetDeltas, 0, BATCHES_KEPT);
            System.arraycopy(other.lastOffsets, 0, lastOffsets, 0, BATCHES_KEPT);
            System.arraycopy(other.timestamps, 0, timestamps, 0, BATCHES_KEPT);
            batches = other.batches;
            newest = other.newest;
        }
    }

    private void takeEpoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            batches = 0;
        }
    }
}
