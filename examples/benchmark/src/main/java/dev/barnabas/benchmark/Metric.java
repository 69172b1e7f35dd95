package dev.barnabas.benchmark;

/**
 * One figure of a scenario.
 *
 * @param name what was measured
 * @param unit as it is printed; empty for a plain number
 * @param lowerIsBetter false for rates
 */
record Metric(String name, String unit, boolean lowerIsBetter, double value) {

    static Metric cost(String name, String unit, double value) {
        return new Metric(name, unit, true, value);
    }

    static Metric rate(String name, String unit, double value) {
        return new Metric(name, unit, false, value);
    }

    /** The name with its unit, as it stands in the table. */
    String label() {
        return unit.isEmpty() ? name : name + ", " + unit;
    }
}
