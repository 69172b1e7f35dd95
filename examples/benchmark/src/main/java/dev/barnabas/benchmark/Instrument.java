package dev.barnabas.benchmark;

/** Looks into a broker's process during the measured part of a scenario. It costs time: the figures suffer. */
interface Instrument {

    void attach(long pid);

    /** Called once after each {@link #attach}. */
    void detach(long pid);

    /** What it saw since the last report, as text to print. */
    String report(String scenario);
}
