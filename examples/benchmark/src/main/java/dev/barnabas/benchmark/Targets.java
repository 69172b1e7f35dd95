package dev.barnabas.benchmark;

import static java.util.Map.entry;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What Barnabas is held to: ratios to Apache Kafka's figure and to the raw floor, at most for a cost and at least for a
 * rate. Not every figure has one.
 */
final class Targets {

    private static final double THROUGHPUT = 1.0;
    private static final double PRODUCE_RESIDENT = 0.6;
    private static final double CONSUME_CPU = 0.5;

    private static final Map<String, Double> TO_KAFKA = Map.ofEntries(
            entry("produce-1k broker CPU", 0.25),
            entry("produce-100b broker CPU", 0.25),
            entry("produce-1k-lz4 broker CPU", 0.5),
            entry("produce-100b-lz4 broker CPU", 0.5),
            entry("ack p50", 0.6),
            entry("ack p99", 0.6),
            entry("ack broker CPU", 0.5),
            entry("end-to-end p50", 0.6),
            entry("end-to-end p99", 0.6),
            entry("partitions-1000 created and written", 0.1),
            entry("connections-1000 all answered", 0.1));

    private static final double PRODUCE_FLOOR = 2;
    private static final double CONSUME_FLOOR = 1.5;

    private Targets() {}

    static OptionalDouble toKafka(String scenario, String figure) {
        if (figure.equals("throughput")) {
            return OptionalDouble.of(THROUGHPUT);
        }
        if (scenario.startsWith("produce-") && figure.equals("resident after")) {
            return OptionalDouble.of(PRODUCE_RESIDENT);
        }
        if (scenario.startsWith("consume-") && figure.equals("broker CPU")) {
            return OptionalDouble.of(CONSUME_CPU);
        }
        Double target = TO_KAFKA.get(scenario + " " + figure);
        return target == null ? OptionalDouble.empty() : OptionalDouble.of(target);
    }

    /** Scenario and figure of every target that is not one of a kind of scenarios. */
    static Set<String> ofSingleFigures() {
        return TO_KAFKA.keySet();
    }

    static OptionalDouble toFloor(String scenario, String figure) {
        if (!figure.equals("broker CPU")) {
            return OptionalDouble.empty();
        }
        return switch (scenario) {
            case "produce-1k", "produce-100b" -> OptionalDouble.of(PRODUCE_FLOOR);
            default -> scenario.startsWith("consume-") ? OptionalDouble.of(CONSUME_FLOOR) : OptionalDouble.empty();
        };
    }
}
