package dev.barnabas.parity;

import java.util.Map;

/** A running broker that the script talks to on the loopback interface. */
interface Target extends AutoCloseable {
    /** Properties both brokers start with: one replica everywhere, small internal topics, no waiting for more members. */
    Map<String, String> PROPERTIES = Map.of(
            "offsets.topic.replication.factor", "1",
            "offsets.topic.num.partitions", "4",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "4",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1",
            "group.initial.rebalance.delay.ms", "0",
            "group.min.session.timeout.ms", "1000",
            "log.initial.task.delay.ms", "3600000");

    String name();

    int port();

    @Override
    void close() throws Exception;
}
