package dev.barnabas.compatibility;

/** The broker that a scenario runs against. */
interface Target extends AutoCloseable {
    String bootstrapServers();

    /** Stops the broker and starts it again: the same data, the same address. */
    void restart();

    @Override
    void close();
}
