package dev.barnabas.broker.internal.metadata;

/** Where the newest image lies. Any thread, without a lock. */
public interface MetadataCache {

    /** The newest image that every listener has applied. */
    MetadataImage image();
}
