package dev.barnabas.compatibility;

import dev.barnabas.broker.Broker;
import java.nio.file.Path;

/** Barnabas on a data directory; after a restart it listens where it did before. */
final class EmbeddedBroker implements Target {
    private final Path dataDir;
    private final String bootstrapServers;
    private Broker broker;

    private EmbeddedBroker(Path dataDir, Broker broker) {
        this.dataDir = dataDir;
        this.broker = broker;
        this.bootstrapServers = broker.bootstrapServers();
    }

    static EmbeddedBroker start(Path dataDir) {
        return new EmbeddedBroker(dataDir, start(dataDir, "127.0.0.1:0"));
    }

    private static Broker start(Path dataDir, String address) {
        return Broker.builder()
                .dataDir(dataDir)
                .property("listeners", "PLAINTEXT://" + address)
                .property("num.partitions", Integer.toString(ClientScenario.PARTITIONS))
                .start();
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void restart() {
        broker.close();
        broker = start(dataDir, bootstrapServers);
    }

    @Override
    public void close() {
        broker.close();
    }
}
