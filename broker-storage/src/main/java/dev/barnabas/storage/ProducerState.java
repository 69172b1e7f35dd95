package dev.barnabas.storage;

/**
 * One producer's state in one partition.
 *
 * @param lastTimestampMs timestamp of the producer's last batch
 * @param coordinatorEpoch of the last transaction marker, -1 if none
 * @param currentTxnFirstOffset first offset of the open transaction, -1 if none
 */
public record ProducerState(
        long producerId,
        int producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTxnFirstOffset) {}
