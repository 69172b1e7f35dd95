package dev.barnabas.broker;

/** What a broker is up to. */
public enum BrokerStatus {
    /** It serves. */
    RUNNING,
    /** It serves what it can; its disk failed. */
    STORAGE_OFFLINE,
    /** {@code close()} was called. */
    CLOSED
}
