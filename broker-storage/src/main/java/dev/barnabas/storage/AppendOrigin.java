package dev.barnabas.storage;

/** Who appends: decides which checks of the producer's state apply. */
public enum AppendOrigin {
    /** A producer's request: epochs and sequences are checked in full. */
    CLIENT,
    /** A coordinator of this broker, writing its internal topic or a transaction marker. */
    COORDINATOR,
    /** A copy from the leader: taken as it is. */
    REPLICATION
}
