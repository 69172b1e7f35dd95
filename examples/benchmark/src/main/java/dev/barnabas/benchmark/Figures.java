package dev.barnabas.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a scenario gave.
 *
 * @param floor to compare them with; null for none
 */
record Figures(List<Metric> metrics, @Nullable Floor floor) {

    static Figures of(Metric... metrics) {
        return new Figures(List.of(metrics), null);
    }

    /** These, and {@code more} after them. */
    Figures and(List<Metric> more) {
        List<Metric> all = new ArrayList<>(metrics);
        all.addAll(more);
        return new Figures(all, floor);
    }

    Figures with(Floor least) {
        return new Figures(metrics, least);
    }
}
