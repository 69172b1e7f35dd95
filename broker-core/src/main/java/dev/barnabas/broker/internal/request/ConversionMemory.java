package dev.barnabas.broker.internal.request;

/**
 * The bound on the memory of records that were converted to an older format than the log's, for all connections together.
 * They are charged when they are converted and given back when they are released. Any thread.
 */
public interface ConversionMemory {

    /** Whether so much is charged that nothing is to be converted: a fetch is answered without records instead. */
    boolean isScarce();

    void take(int bytes);

    void giveBack(int bytes);
}
