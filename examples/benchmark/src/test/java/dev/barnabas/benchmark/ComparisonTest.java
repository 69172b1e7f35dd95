package dev.barnabas.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private final Comparison comparison = new Comparison("produce-1k");

    private void round(double kafka, double barnabas, double floor) {
        comparison.add(Contender.APACHE_KAFKA, List.of(Metric.cost("broker CPU", "s/GB", kafka)));
        comparison.add(Contender.BARNABAS, List.of(Metric.cost("broker CPU", "s/GB", barnabas)));
        comparison.addFloor(List.of(Metric.cost("broker CPU", "s/GB", floor)));
    }

    @Test
    void theRatioIsTheMedianOfThoseOfEachRoundNotThatOfTheMedians() {
        round(4, 1, 0.5);
        round(10, 2, 0.5);
        round(8, 4, 2);

        assertThat(comparison.table())
                .isEqualTo("| produce-1k | broker CPU, s/GB | 8.00 | 2.00 | 0.25 (0.20-0.50) | 0.25 | yes"
                        + " | 0.50 | 2.00 (2.00-4.00) | 2.00 | yes |\n");
    }

    @Test
    void aCostAboveItsTargetDoesNotMeetIt() {
        round(4, 2, 0.5);

        assertThat(comparison.table())
                .isEqualTo("| produce-1k | broker CPU, s/GB | 4.00 | 2.00 | 0.50 (0.50-0.50) | 0.25 | **no**"
                        + " | 0.50 | 4.00 (4.00-4.00) | 2.00 | **no** |\n");
    }

    @Test
    void aRateMeetsItsTargetFromAbove() {
        comparison.add(Contender.APACHE_KAFKA, List.of(Metric.rate("throughput", "MB/s", 100)));
        comparison.add(Contender.BARNABAS, List.of(Metric.rate("throughput", "MB/s", 150)));

        assertThat(comparison.table())
                .isEqualTo("| produce-1k | throughput, MB/s | 100 | 150 | 1.50 (1.50-1.50) | 1.00 | yes"
                        + " |  |  |  |  |\n");
    }

    @Test
    void aFigureOfOneSideHasNoRatio() {
        comparison.add(Contender.BARNABAS, List.of(Metric.cost("threads", "", 24)));

        assertThat(comparison.table()).isEqualTo("| produce-1k | threads | - | 24.00 | - |  |  |  |  |  |  |\n");
    }
}
