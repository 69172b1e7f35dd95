package dev.barnabas.parity;

import dev.barnabas.broker.Broker;
import java.util.Map;

/** Barnabas in this JVM, in memory, on a random loopback port. */
record Barnabas(Broker broker) implements Target {
    static Barnabas start(Map<String, String> properties) {
        var builder = Broker.builder();
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
