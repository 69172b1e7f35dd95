package dev.barnabas.parity;

import java.util.Map;

/** A running broker that the script talks to on the loopback interface. */
interface Target extends AutoCloseable {
    /**
     * Properties both brokers start with: one replica everywhere, small internal topics, no waiting for more members, and some that no
     * broker knows or that are of a listener which is not there.
     */
    Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.state.log.num.partitions", "4"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("group.min.session.timeout.ms", "1000"),
            Map.entry("log.initial.task.delay.ms", "3600000"),
            Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
            Map.entry("my.plugin.url", "somewhere"),
            Map.entry("my.plugin.nothing", ""),
            Map.entry("listener.name.given.ssl.keystore.type", " PKCS12 "),
            Map.entry("listener.name.given.ssl.key.password", "secret"),
            Map.entry("listener.name.given.plain.sasl.jaas.config", "secret"),
            Map.entry("listener.name.given.plain.connections.max.reauth.ms", "5000"),
            Map.entry("listener.name.given.max.connections", "7"),
            Map.entry("listener.name.given.no.such", "x"));

    String name();

    int port();

    @Override
    void close() throws Exception;
}
