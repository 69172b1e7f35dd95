package dev.barnabas.benchmark.parts;

/** Where logs lie. */
public enum Place {
    MEMORY,
    DISK
}
