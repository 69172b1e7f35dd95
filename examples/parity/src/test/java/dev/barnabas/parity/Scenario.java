package dev.barnabas.parity;

/**
 * A named part of the script. It runs once against each broker, on topics and groups of its own (named after the scenario), and must ask the
 * same questions in the same order whatever the broker: what it asks may depend on ids it was given, on nothing else.
 */
record Scenario(String name, Script script) {
    @FunctionalInterface
    interface Script {
        void run(Session session) throws Exception;
    }
}
