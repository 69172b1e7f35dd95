package dev.barnabas.broker.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.ManualClock;
import dev.barnabas.broker.spi.Clock;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Timers by a clock that the test moves, on one real loop. */
class ClockTimersTest {

    private final ConcurrentLinkedQueue<String> bugs = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();
    private final BrokerThreads threads = new BrokerThreads("timers", 1, (where, bug) -> bugs.add(where + ": " + bug));
    private final Lane lane = threads.lane("a");
    private final ManualClock clock = new ManualClock(Instant.ofEpochMilli(0));
    private final Timers timers;

    ClockTimersTest() {
        threads.open(List.of(new DefaultEventExecutor(null, threads.loopThreads())));
        timers = threads.timers(clock);
    }

    @AfterEach
    void close() {
        threads.close();
        assertThat(bugs).isEmpty();
    }

    private void schedule(long delayMs, String name) {
        timers.schedule(lane, delayMs, () -> ran.add(name));
    }

    /** Waits for what the loop was given so far, by a timer that is due at once. */
    private void awaitLoop() {
        schedule(0, "now");
        await().until(() -> ran.remove("now"));
    }

    @Test
    void tasksRunInTheOrderOfTheirTimesOnceTheClockIsThere() {
        schedule(30, "third");
        schedule(10, "first");
        schedule(20, "second");
        schedule(20, "second again");
        schedule(41, "later");
        clock.advance(Duration.ofMillis(9));
        awaitLoop();
        assertThat(ran).isEmpty();
        clock.advance(Duration.ofMillis(31));
        awaitLoop();
        assertThat(ran).containsExactly("first", "second", "second again", "third");
    }

    @Test
    void aCancelledTaskDoesNotRun() {
        Timers.Timer cancelled = timers.schedule(lane, 10, () -> ran.add("cancelled"));
        schedule(10, "kept");
        cancelled.cancel();
        cancelled.cancel();
        clock.advance(Duration.ofMillis(10));
        awaitLoop();
        assertThat(ran).containsExactly("kept");
    }

    @Test
    void aDelayBeyondAllTimeNeverPasses() {
        schedule(Long.MAX_VALUE, "never");
        clock.advance(Duration.ofDays(100_000));
        awaitLoop();
        assertThat(ran).isEmpty();
    }

    @Test
    void aClockMayShowLessThanZero() {
        Timers belowZero = new ClockTimers(threads, new Clock() {
            @Override
            public long wallMs() {
                return clock.wallMs();
            }

            @Override
            public long nanos() {
                return clock.nanos() + Long.MIN_VALUE;
            }
        });
        belowZero.schedule(lane, 10, () -> ran.add("after ten"));
        awaitLoop();
        assertThat(ran).isEmpty();
        clock.advance(Duration.ofMillis(10));
        belowZero.schedule(lane, 0, () -> ran.add("due"));
        awaitLoop();
        assertThat(ran).containsExactly("after ten", "due");
    }

    @Test
    void aClosedBrokerHearsOfNoMoveAnyMore() {
        schedule(10, "late");
        threads.close();
        clock.advance(Duration.ofMillis(10));
        assertThat(ran).isEmpty();
    }
}
