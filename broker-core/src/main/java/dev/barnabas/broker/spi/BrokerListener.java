package dev.barnabas.broker.spi;

/** Is told what becomes of a broker. On the broker's threads or on the caller's of {@code start()} and {@code close()}; must not block. */
public interface BrokerListener {

    /**
     * The broker serves.
     *
     * @param bootstrapServers {@code host:port} of its first listener
     */
    default void started(String bootstrapServers) {}

    /** A bug of the broker's own: {@code cause} was thrown where nothing should be. The broker goes on. */
    default void failed(String where, Throwable cause) {}

    /** {@code close()} has ended. */
    default void closed() {}
}
