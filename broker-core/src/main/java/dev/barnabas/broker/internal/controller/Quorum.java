package dev.barnabas.broker.internal.controller;

/** Who keeps the metadata log, and how far it is. Any thread. */
public interface Quorum {

    /** Id of the one voter, which leads. */
    int nodeId();

    int epoch();

    /** Everything below this offset is committed. */
    long highWatermark();
}
