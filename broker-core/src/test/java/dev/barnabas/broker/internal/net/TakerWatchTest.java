package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TakerWatchTest {

    private final TakerWatch watch = new TakerWatch();

    private static long at(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void aPeerHasFiveSecondsToTakeSome() {
        assertThat(watch.problem(0, at(0))).isNull();
        assertThat(watch.problem(0, at(5))).isNull();
        assertThat(watch.problem(0, at(6)))
                .isEqualTo("response bytes taken: 0 for 6000 ms (expected: some, as others wait for memory)");
    }

    @Test
    void aPeerThatTakesAByteEveryFiveSecondsIsLeftAlone() {
        for (int i = 0; i < 100; i++) {
            assertThat(watch.problem(1000 + i, at(5 * i))).isNull();
        }
    }

    @Test
    void aPeerThatTookAllAnHourAgoHasFiveSecondsAgain() {
        assertThat(watch.problem(20_000, at(0))).isNull();
        assertThat(watch.problem(40_000, at(3600))).isNull();
        assertThat(watch.problem(40_000, at(3605))).isNull();
        assertThat(watch.problem(40_000, at(3606))).isNotNull();
    }
}
