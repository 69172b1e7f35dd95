package dev.barnabas.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a scenario gave.
 *
 * @param traffic what went over the sockets, for the raw floor to repeat; null if there is no floor to compare with
 */
record Figures(List<Metric> metrics, @Nullable Traffic traffic) {

    static Figures of(Metric... metrics) {
        return new Figures(List.of(metrics), null);
    }

    /** These, and {@code more} after them. */
    Figures and(List<Metric> more) {
        List<Metric> all = new ArrayList<>(metrics);
        all.addAll(more);
        return new Figures(all, traffic);
    }

    Figures with(Traffic seen) {
        return new Figures(metrics, seen);
    }
}
