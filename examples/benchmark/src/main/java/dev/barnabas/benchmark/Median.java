package dev.barnabas.benchmark;

import java.util.Arrays;

/** The middle of a list of figures. */
final class Median {

    private Median() {}

    /** The mean of the two in the middle if there is an even number; NaN if there is none. */
    static double of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
