package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.VersionRange;
import java.util.Map;

/**
 * The features (KIP-584) this broker knows, with the levels it supports. A level above 0 of any but {@code
 * metadata.version} would tell clients that transactions of KIP-890, groups of KIP-848, share groups or streams groups
 * are served.
 */
public final class Features {

    public static final String METADATA_VERSION_NAME = "metadata.version";

    /** The level that a new metadata log begins with: Apache Kafka 4.3's. */
    public static final short METADATA_VERSION = 30;

    /** Supported levels by name. */
    public static final Map<String, VersionRange> SUPPORTED =
            Map.of(METADATA_VERSION_NAME, new VersionRange(7, METADATA_VERSION));

    private Features() {}
}
