package dev.barnabas.broker.internal.partition;

/** Up to where a reader sees a log. */
public enum FetchIsolation {
    /** A replica, or a debugging consumer: to the log's end. */
    LOG_END,
    /** {@code read_uncommitted}: to the high watermark. */
    HIGH_WATERMARK,
    /** {@code read_committed}: to the last stable offset (KIP-98). */
    COMMITTED
}
