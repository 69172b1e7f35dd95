package dev.barnabas.protocol.record;

/**
 * Why a record makes its batch unacceptable: an element of ProduceResponse's {@code RecordErrors} (v8 and later,
 * KIP-467).
 *
 * @param batchIndex number of the record in its batch, from 0
 * @param message for the producer's log
 */
public record RecordError(int batchIndex, String message) {}
