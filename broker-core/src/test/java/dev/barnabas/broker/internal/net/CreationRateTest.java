package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CreationRateTest {

    private static final long SAMPLE_MS = 1000;

    private final CreationRate rate = new CreationRate(11, SAMPLE_MS);

    private long count(int connections, int max, long nowMs) {
        long delayMs = 0;
        for (int i = 0; i < connections; i++) {
            delayMs = rate.count(max, nowMs);
        }
        return delayMs;
    }

    @Test
    void whatTenSecondsAllowMayComeAtOnce() {
        assertThat(count(20, 2, 5)).isZero();
        assertThat(count(1, 2, 5)).isEqualTo(500);
        assertThat(count(1, 2, 5)).isEqualTo(1000);
    }

    @Test
    void nobodyWaitsForLongerThanASample() {
        assertThat(count(10_000, 2, 5)).isEqualTo(SAMPLE_MS);
        assertThat(count(1, 0, 5)).isEqualTo(SAMPLE_MS);
    }

    @Test
    void connectionsOfLongAgoDoNotCount() {
        assertThat(count(10_000, 2, 5)).isPositive();
        assertThat(count(20, 2, 5 + 11 * SAMPLE_MS)).isZero();
        assertThat(count(1, 2, 5 + 11 * SAMPLE_MS)).isPositive();
    }

    @Test
    void fewerThanAreAllowedMayComeForEver() {
        for (long second = 0; second < 100; second++) {
            assertThat(count(2, 3, second * SAMPLE_MS)).as("second %s", second).isZero();
        }
        assertThat(count(11, 3, 100 * SAMPLE_MS)).isPositive();
    }
}
