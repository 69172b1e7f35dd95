package dev.barnabas.benchmark;

import java.util.List;
import java.util.Map;

/** The list of them. */
final class Scenarios {

    private static final int CONSUMERS = 3;

    /** How much more records there are where they are compressed: a request of as many bytes holds about as much more. */
    private static final int COMPRESSED = 4;

    private static final Map<String, String> FSYNC = Map.of("log.flush.interval.messages", "1");

    private Scenarios() {}

    static List<Scenario> of(Sizes sizes) {
        long bytes = sizes.bytes();
        double warmUp = sizes.warmUp();
        return List.of(
                new ProduceScenario("produce-1k", 1_000, "none", bytes, warmUp, Map.of()),
                new ProduceScenario("produce-100b", 100, "none", bytes / 2, warmUp, Map.of()),
                new ProduceScenario("produce-1k-lz4", 1_000, "lz4", COMPRESSED * bytes, warmUp, Map.of()),
                new ProduceScenario("produce-100b-lz4", 100, "lz4", COMPRESSED * bytes / 2, warmUp, Map.of()),
                new ProduceScenario("produce-1k-fsync", 1_000, "none", bytes / 4, warmUp, FSYNC),
                new ConsumeScenario("consume-1k", 1_000, "none", bytes, warmUp, 1),
                new ConsumeScenario("consume-100b", 100, "none", bytes / 2, warmUp, 1),
                new ConsumeScenario("consume-1k-3", 1_000, "none", bytes, warmUp, CONSUMERS),
                new ConsumeScenario("consume-100b-3", 100, "none", bytes / 2, warmUp, CONSUMERS),
                new ConsumeScenario("consume-1k-lz4", 1_000, "lz4", COMPRESSED * bytes, warmUp, 1),
                new ConsumeScenario("consume-100b-lz4", 100, "lz4", COMPRESSED * bytes / 2, warmUp, 1),
                new AckLatencyScenario("ack", sizes.requests(), warmUp, Map.of()),
                new AckLatencyScenario("ack-fsync", sizes.requests() / 10, warmUp, FSYNC),
                new EndToEndLatencyScenario(sizes.requests(), warmUp),
                new PartitionsScenario(sizes.partitions()),
                new ConnectionsScenario(sizes.connections(), sizes.connections(), sizes.idleSeconds()),
                new ConnectionsScenario(sizes.connectionsMany(), ConnectionsScenario.WAVE, sizes.idleSeconds()),
                new GroupScenario(sizes.groups()),
                new StartStopScenario());
    }
}
