package dev.barnabas.compatibility;

/** A broker that somebody else runs, Apache Kafka for one; it is not restarted. */
record RunningBroker(String bootstrapServers) implements Target {
    @Override
    public void restart() {}

    @Override
    public void close() {}
}
