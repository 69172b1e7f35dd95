package dev.barnabas.storage;

/**
 * The topic settings that a partition's log obeys. Each component names Kafka's topic property; {@link #DEFAULTS} holds
 * Kafka's defaults. Whether an acknowledgement waits for the disk is the caller's business, see
 * {@link PartitionLog#prepareFlush}.
 *
 * @param segmentBytes {@code segment.bytes}: a segment rolls before it grows beyond this size
 * @param segmentMs {@code segment.ms}: a segment rolls once its first record is this old
 * @param segmentJitterMs {@code segment.jitter.ms}: up to this much is taken off {@code segmentMs}, so that the segments
 *     of many partitions do not roll at the same moment
 * @param segmentIndexBytes {@code segment.index.bytes}: a segment rolls when an index has reached this size
 * @param indexIntervalBytes {@code index.interval.bytes}: bytes of records between two entries of an index
 * @param preallocate {@code preallocate}: accepted for compatibility; files grow as they are written
 * @param retentionBytes {@code retention.bytes}: oldest segments go while the log is larger; -1 for no limit
 * @param retentionMs {@code retention.ms}: segments go when their newest record is older; -1 for no limit
 * @param fileDeleteDelayMs {@code file.delete.delay.ms}: how long the files of a deleted segment stay under another name
 * @param flushMessages {@code flush.messages}: force to disk after this many records
 * @param flushMs {@code flush.ms}: force to disk when the oldest unflushed record has waited this long
 * @param delete {@code cleanup.policy} contains {@code delete}
 * @param compact {@code cleanup.policy} contains {@code compact}
 * @param minCleanableDirtyRatio {@code min.cleanable.dirty.ratio}: share of not yet compacted bytes at which compaction
 *     is worth its while
 * @param minCompactionLagMs {@code min.compaction.lag.ms}: younger records are left alone by compaction
 * @param maxCompactionLagMs {@code max.compaction.lag.ms}: older records are compacted whatever the ratio
 * @param deleteRetentionMs {@code delete.retention.ms}: how long a tombstone stays after it was first compacted
 * @param maxMessageBytes {@code max.message.bytes}: largest batch
 * @param logAppendTime {@code message.timestamp.type} is {@code LogAppendTime} and not {@code CreateTime}
 * @param producerIdExpirationMs {@code producer.id.expiration.ms} of the broker: idle producers are forgotten after this
 */
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int segmentIndexBytes,
        int indexIntervalBytes,
        boolean preallocate,
        long retentionBytes,
        long retentionMs,
        long fileDeleteDelayMs,
        long flushMessages,
        long flushMs,
        boolean delete,
        boolean compact,
        double minCleanableDirtyRatio,
        long minCompactionLagMs,
        long maxCompactionLagMs,
        long deleteRetentionMs,
        int maxMessageBytes,
        boolean logAppendTime,
        long producerIdExpirationMs) {

    /** Kafka's defaults. */
    public static final LogConfig DEFAULTS = new Builder().build();

    /** A builder that starts from Kafka's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these settings. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.segmentBytes = segmentBytes;
        builder.segmentMs = segmentMs;
        builder.segmentJitterMs = segmentJitterMs;
        builder.segmentIndexBytes = segmentIndexBytes;
        builder.indexIntervalBytes = indexIntervalBytes;
        builder.preallocate = preallocate;
        builder.retentionBytes = retentionBytes;
        builder.retentionMs = retentionMs;
        builder.fileDeleteDelayMs = fileDeleteDelayMs;
        builder.flushMessages = flushMessages;
        builder.flushMs = flushMs;
        builder.delete = delete;
        builder.compact = compact;
        builder.minCleanableDirtyRatio = minCleanableDirtyRatio;
        builder.minCompactionLagMs = minCompactionLagMs;
        builder.maxCompactionLagMs = maxCompactionLagMs;
        builder.deleteRetentionMs = deleteRetentionMs;
        builder.maxMessageBytes = maxMessageBytes;
        builder.logAppendTime = logAppendTime;
        builder.producerIdExpirationMs = producerIdExpirationMs;
        return builder;
    }

    /** Settings by name; what is not set keeps the value that the builder started from. Not thread-safe. */
    public static final class Builder {
        private static final long DAY_MS = 24L * 60 * 60 * 1000;

        private int segmentBytes = 1 << 30;
        private long segmentMs = 7 * DAY_MS;
        private long segmentJitterMs;
        private int segmentIndexBytes = 10 << 20;
        private int indexIntervalBytes = 4096;
        private boolean preallocate;
        private long retentionBytes = -1;
        private long retentionMs = 7 * DAY_MS;
        private long fileDeleteDelayMs = 60_000;
        private long flushMessages = Long.MAX_VALUE;
        private long flushMs = Long.MAX_VALUE;
        private boolean delete = true;
        private boolean compact;
        private double minCleanableDirtyRatio = 0.5;
        private long minCompactionLagMs;
        private long maxCompactionLagMs = Long.MAX_VALUE;
        private long deleteRetentionMs = DAY_MS;
        private int maxMessageBytes = 1024 * 1024 + 12;
        private boolean logAppendTime;
        private long producerIdExpirationMs = DAY_MS;

        private Builder() {}

        public Builder segmentBytes(int value) {
            segmentBytes = value;
            return this;
        }

        public Builder segmentMs(long value) {
            segmentMs = value;
            return this;
        }

        public Builder segmentJitterMs(long value) {
            segmentJitterMs = value;
            return this;
        }

        public Builder segmentIndexBytes(int value) {
            segmentIndexBytes = value;
            return this;
        }

        public Builder indexIntervalBytes(int value) {
            indexIntervalBytes = value;
            return this;
        }

        public Builder preallocate(boolean value) {
            preallocate = value;
            return this;
        }

        public Builder retentionBytes(long value) {
            retentionBytes = value;
            return this;
        }

        public Builder retentionMs(long value) {
            retentionMs = value;
            return this;
        }

        public Builder fileDeleteDelayMs(long value) {
            fileDeleteDelayMs = value;
            return this;
        }

        public Builder flushMessages(long value) {
            flushMessages = value;
            return this;
        }

        public Builder flushMs(long value) {
            flushMs = value;
            return this;
        }

        /** Both parts of {@code cleanup.policy}; neither means that nothing is ever cleaned up. */
        public Builder cleanupPolicy(boolean delete, boolean compact) {
            this.delete = delete;
            this.compact = compact;
            return this;
        }

        public Builder minCleanableDirtyRatio(double value) {
            minCleanableDirtyRatio = value;
            return this;
        }

        public Builder minCompactionLagMs(long value) {
            minCompactionLagMs = value;
            return this;
        }

        public Builder maxCompactionLagMs(long value) {
            maxCompactionLagMs = value;
            return this;
        }

        public Builder deleteRetentionMs(long value) {
            deleteRetentionMs = value;
            return this;
        }

        public Builder maxMessageBytes(int value) {
            maxMessageBytes = value;
            return this;
        }

        public Builder logAppendTime(boolean value) {
            logAppendTime = value;
            return this;
        }

        public Builder producerIdExpirationMs(long value) {
            producerIdExpirationMs = value;
            return this;
        }

        public LogConfig build() {
            return new LogConfig(
                    segmentBytes,
                    segmentMs,
                    segmentJitterMs,
                    segmentIndexBytes,
                    indexIntervalBytes,
                    preallocate,
                    retentionBytes,
                    retentionMs,
                    fileDeleteDelayMs,
                    flushMessages,
                    flushMs,
                    delete,
                    compact,
                    minCleanableDirtyRatio,
                    minCompactionLagMs,
                    maxCompactionLagMs,
                    deleteRetentionMs,
                    maxMessageBytes,
                    logAppendTime,
                    producerIdExpirationMs);
        }
    }
}
