package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SenderWatchTest {

    private static final long BEGIN = TimeUnit.HOURS.toNanos(1);
    private static final int SECOND_BYTES = 64 * 1024;

    private final SenderWatch watch = new SenderWatch();

    private static long at(double seconds) {
        return BEGIN + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void aPeerHasFiveSecondsToBegin() {
        assertThat(watch.problem(1, 0, at(0))).isNull();
        assertThat(watch.problem(1, 0, at(5))).isNull();
        assertThat(watch.problem(1, 0, at(6)))
                .isEqualTo("frame bytes: 0 after 6000 ms (expected: 393216, as others wait for memory)");
    }

    @Test
    void aPeerThatSendsFastEnoughIsLeftAlone() {
        for (int second = 0; second < 100; second++) {
            assertThat(watch.problem(1, second * SECOND_BYTES, at(second))).isNull();
        }
        assertThat(watch.problem(1, 99 * SECOND_BYTES, at(101))).isNotNull();
    }

    @Test
    void eachFrameHasAGraceOfItsOwn() {
        assertThat(watch.problem(1, 0, at(0))).isNull();
        assertThat(watch.problem(2, 0, at(60))).isNull();
        assertThat(watch.problem(2, 0, at(64))).isNull();
        assertThat(watch.problem(2, 0, at(66))).isNotNull();
    }

    @Test
    void theTimeInLineCountsAsGraceButWhatArrivedMeanwhileMayBeRead() {
        watch.onPaused(at(0));
        watch.onResumed(1, at(30));
        assertThat(watch.problem(1, 0, at(30.4))).isNull();
        assertThat(watch.problem(1, SECOND_BYTES, at(31))).isNull();
        assertThat(watch.problem(1, 0, at(31))).isNotNull();
    }

    @Test
    void aShortTimeInLineLeavesTheRestOfTheGrace() {
        watch.onPaused(at(0));
        watch.onResumed(1, at(1));
        assertThat(watch.problem(1, 0, at(4.9))).isNull();
        assertThat(watch.problem(1, 0, at(5.1))).isNotNull();
    }

    @Test
    void theTimeInLineOfOneFrameIsNoOtherFramesTime() {
        watch.onPaused(at(0));
        watch.onResumed(1, at(30));
        assertThat(watch.problem(2, 0, at(60))).isNull();
        assertThat(watch.problem(2, 0, at(64))).isNull();
        assertThat(watch.problem(2, 0, at(66))).isNotNull();
    }

    @Test
    void whileReadingIsPausedInTheMidstOfAFrameItsTimeStands() {
        assertThat(watch.problem(1, 0, at(0))).isNull();
        watch.onPaused(at(1));
        watch.onResumed(1, at(30));
        assertThat(watch.problem(1, 0, at(30.4))).isNull();
        assertThat(watch.problem(1, 0, at(31))).isNotNull();
    }
}
