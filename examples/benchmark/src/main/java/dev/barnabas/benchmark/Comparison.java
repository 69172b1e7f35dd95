package dev.barnabas.benchmark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The figures of one scenario over all rounds, and its lines of the table. Ratios are those of figures of the same round,
 * since a machine's speed drifts; the table has their median and, in parentheses, the lowest and the highest.
 */
final class Comparison {

    static final String HEADER = "| scenario | figure | Apache Kafka | Barnabas | ratio (min-max) | target | met |"
            + " raw floor | to floor (min-max) | target | met |\n"
            + "|---|---|--:|--:|--:|--:|---|--:|--:|--:|---|";

    private final String scenario;
    private final Map<String, Map<Contender, List<Metric>>> byFigure = new LinkedHashMap<>();
    private final Map<String, List<Metric>> floors = new LinkedHashMap<>();

    Comparison(String scenario) {
        this.scenario = scenario;
    }

    /** Takes one round of one contender. */
    void add(Contender contender, List<Metric> metrics) {
        for (Metric metric : metrics) {
            byFigure.computeIfAbsent(metric.name(), name -> new EnumMap<>(Contender.class))
                    .computeIfAbsent(contender, each -> new ArrayList<>())
                    .add(metric);
        }
    }

    /** Takes what the raw floor needed in a round, under the names of the figures to compare it with. */
    void addFloor(List<Metric> metrics) {
        for (Metric metric : metrics) {
            floors.computeIfAbsent(metric.name(), name -> new ArrayList<>()).add(metric);
        }
    }

    /** All figures of {@code contender}, all rounds. */
    List<Metric> metrics(Contender contender) {
        return byFigure.values().stream()
                .flatMap(sides -> sides.getOrDefault(contender, List.of()).stream())
                .toList();
    }

    /** All figures of the floor, all rounds. */
    List<Metric> floors() {
        return floors.values().stream().flatMap(List::stream).toList();
    }

    /** The scenario's lines. */
    String table() {
        var lines = new StringBuilder();
        byFigure.forEach((figure, sides) -> lines.append(line(figure, sides)).append('\n'));
        return lines.toString();
    }

    private String line(String figure, Map<Contender, List<Metric>> sides) {
        double[] kafka = values(sides.getOrDefault(Contender.APACHE_KAFKA, List.of()));
        double[] barnabas = values(sides.getOrDefault(Contender.BARNABAS, List.of()));
        Metric metric = sides.values().iterator().next().get(0);
        List<String> cells = new ArrayList<>();
        cells.addAll(List.of(scenario, metric.label(), text(Median.of(kafka)), text(Median.of(barnabas))));
        cells.addAll(ratio(barnabas, kafka, Targets.toKafka(scenario, figure), metric.lowerIsBetter()));
        if (floors.containsKey(figure)) {
            double[] floor = values(floors.getOrDefault(figure, List.of()));
            cells.add(text(Median.of(floor)));
            cells.addAll(ratio(barnabas, floor, Targets.toFloor(scenario, figure), true));
        } else {
            cells.addAll(List.of("", "", "", ""));
        }
        return "| " + String.join(" | ", cells) + " |";
    }

    /** The columns ratio, target and met. */
    private static List<String> ratio(double[] barnabas, double[] base, OptionalDouble target, boolean lowerIsBetter) {
        double[] ratios = IntStream.range(0, Math.min(barnabas.length, base.length))
                .mapToDouble(round -> barnabas[round] / base[round])
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (ratios.length == 0) {
            return List.of("-", "", "");
        }
        double median = Median.of(ratios);
        String cell = text(median) + " (" + text(ratios[0]) + "-" + text(ratios[ratios.length - 1]) + ")";
        if (target.isEmpty()) {
            return List.of(cell, "", "");
        }
        boolean met = lowerIsBetter ? median <= target.getAsDouble() : median >= target.getAsDouble();
        return List.of(cell, text(target.getAsDouble()), met ? "yes" : "**no**");
    }

    private static double[] values(List<Metric> metrics) {
        return metrics.stream().mapToDouble(Metric::value).toArray();
    }

    private static String text(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }
}
