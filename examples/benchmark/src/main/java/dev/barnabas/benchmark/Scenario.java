package dev.barnabas.benchmark;

import java.util.Map;

/** One kind of load. Runs against a fresh broker, warms it up itself, and measures after that. */
interface Scenario {

    /** Short, for the command line and the table. */
    String name();

    /** Broker properties that both contenders get. */
    default Map<String, String> settings() {
        return Map.of();
    }

    Figures run(BrokerProcess broker) throws Exception;
}
