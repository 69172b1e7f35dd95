package dev.barnabas.parity;

import dev.barnabas.broker.Broker;
import java.nio.file.Path;
import java.util.Map;

/** Barnabas in this JVM, its data in the given directory, on a random loopback port. */
record Barnabas(Broker broker) implements Target {
    static Barnabas start(Map<String, String> properties, Path dataDir) {
        var builder = Broker.builder().dataDir(dataDir);
        properties.forEach(builder::property);
        return new Barnabas(builder.start());
    }

    @Override
    public String name() {
        return "barnabas";
    }

    @Override
    public int port() {
        String address = broker.bootstrapServers();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    @Override
    public void close() {
        broker.close();
    }
}
