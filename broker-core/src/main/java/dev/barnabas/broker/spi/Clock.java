package dev.barnabas.broker.spi;

/** The broker's only source of time. Implementations are called from every thread of the broker and must not block. */
public interface Clock {

    /** Wall clock, milliseconds since the epoch: for what clients and files see. May jump. */
    long wallMs();

    /** Monotonic time in nanoseconds from an arbitrary origin: for deadlines. */
    long nanos();
}
