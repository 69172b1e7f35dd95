package dev.barnabas.benchmark;

/**
 * One figure of a scenario.
 *
 * @param name what was measured
 * @param unit as it is printed
 * @param lowerIsBetter false for rates
 */
record Metric(String name, String unit, boolean lowerIsBetter, double value) {

    static Metric cost(String name, String unit, double value) {
        return new Metric(name, unit, true, value);
    }

    static Metric rate(String name, String unit, double value) {
        return new Metric(name, unit, false, value);
    }
}
