package dev.barnabas.durability;

import dev.barnabas.broker.Broker;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A broker as a process of its own: {@code BrokerMain <directory> <port> [name=value ...]}. Prints {@code READY} once it
 * serves, and ends with its standard input, so that no test leaves one behind.
 */
public final class BrokerMain {

    static final String READY = "READY";

    private BrokerMain() {}

    public static void main(String[] arguments) throws IOException {
        var builder = Broker.builder().dataDir(Path.of(arguments[0])).port(Integer.parseInt(arguments[1]));
        for (int i = 2; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            builder.property(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        try (Broker broker = builder.start()) {
            System.out.println(READY + " " + broker.bootstrapServers());
            while (System.in.read() >= 0) {
                // nothing is said, only the end is waited for
            }
        }
    }
}
