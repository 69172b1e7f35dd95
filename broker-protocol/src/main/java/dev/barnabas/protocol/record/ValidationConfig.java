package dev.barnabas.protocol.record;

import org.jspecify.annotations.Nullable;

/**
 * What a topic asks of the batches that producers send, in the terms of its configuration.
 *
 * @param messageMaxBytes {@code max.message.bytes}: size of a batch, before and after recompression
 * @param timestampType {@code message.timestamp.type}
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}: how far back a CreateTime may lie
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}: how far ahead a CreateTime may lie
 * @param compacted whether {@code cleanup.policy} has {@code compact}: then every record needs a key
 * @param compression {@code compression.type}; null is {@code producer}: as the batch comes
 * @param compressionLevel {@code compression.<type>.level}, for {@code compression}
 */
public record ValidationConfig(
        int messageMaxBytes,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        boolean compacted,
        @Nullable Compression compression,
        int compressionLevel) {

    /** What applies to a topic that configures nothing. */
    public static ValidationConfig defaults() {
        return new ValidationConfig(1_048_588, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000L, false, null, 0);
    }
}
