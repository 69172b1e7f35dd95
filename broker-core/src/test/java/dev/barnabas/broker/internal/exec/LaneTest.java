package dev.barnabas.broker.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LaneTest {

    private final List<EventLoop> loops = new ArrayList<>();
    private final Queue<String> bugs = new ConcurrentLinkedQueue<>();
    private final BrokerThreads threads =
            new BrokerThreads("lane-test", 2, (where, bug) -> bugs.add(where + ": " + bug.getMessage()));

    @BeforeEach
    void open() {
        ThreadFactory factory = threads.loopThreads();
        loops.add(new SingleThreadIoEventLoop(null, factory, NioIoHandler.newFactory()));
        loops.add(new SingleThreadIoEventLoop(null, factory, NioIoHandler.newFactory()));
        threads.open(loops);
    }

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void aTaskFromAForeignThreadRunsOnABrokerThread() throws InterruptedException {
        Lane lane = threads.lane("a");
        var ranOn = new AtomicReference<Thread>();
        var done = new CountDownLatch(1);
        lane.execute(() -> {
            ranOn.set(Thread.currentThread());
            done.countDown();
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ranOn.get()).isInstanceOf(BrokerThread.class);
    }

    @Test
    void aTaskFromABrokerThreadRunsBeforeTheCallReturnsIfTheLaneIsFree() throws InterruptedException {
        Lane lane = threads.lane("a");
        var inside = new AtomicBoolean();
        onLoop(() -> {
            var ran = new AtomicBoolean();
            lane.execute(() -> ran.set(lane.isCurrent()));
            inside.set(ran.get());
        });
        assertThat(inside).isTrue();
        assertThat(lane.isCurrent()).isFalse();
    }

    @Test
    void whatIsLeftForTheEndOfAWakeUpRunsOnTheSameLoopInOrderAfterTheWorkAtHand() throws InterruptedException {
        var order = new ConcurrentLinkedQueue<String>();
        var done = new CountDownLatch(1);
        onLoop(() -> {
            Thread loop = Thread.currentThread();
            threads.afterWakeUp(() -> order.add("first, same loop: " + (loop == Thread.currentThread())));
            threads.afterWakeUp(() -> {
                order.add("second");
                done.countDown();
            });
            order.add("work");
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly("work", "first, same loop: true", "second");
    }

    @Test
    void whatIsLeftForTheEndOfAWakeUpRunsAtOnceOnAThreadThatIsNoLoop() {
        var ran = new AtomicBoolean();
        threads.afterWakeUp(() -> ran.set(true));
        assertThat(ran).isTrue();
    }

    @Test
    void aTaskGivenToItsOwnLaneRunsAfterTheCurrentOne() throws InterruptedException {
        Lane lane = threads.lane("a");
        var order = new ConcurrentLinkedQueue<String>();
        onLoop(() -> lane.execute(() -> {
            lane.execute(() -> order.add("second"));
            order.add("first");
        }));
        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void aTaskThatAnotherHolderLeftInTheQueueRunsBeforeTheNextOfItsCaller() throws Exception {
        Lane lane = new CombiningLane("a", threads, 0, new StoppingQueue());
        var order = new ConcurrentLinkedQueue<String>();
        var held = new CountDownLatch(1);
        var holdOn = new CountDownLatch(1);
        loops.get(0)
                .execute(() -> lane.execute(() -> {
                    held.countDown();
                    awaitQuietly(holdOn);
                }));
        held.await();
        var others = new StoppedTask(() -> order.add("another's"));
        var another = new Thread(() -> lane.execute(others));
        another.start();
        others.added.await();
        var first = new StoppedTask(() -> order.add("first"));
        var caller = loops.get(1).submit(() -> {
            lane.execute(first);
            lane.execute(() -> order.add("second"));
        });
        first.added.await();
        // Both are queued and not counted, so the holder lets the lane go; then the second of them takes it, for the
        // first.
        holdOn.countDown();
        loops.get(0).submit(() -> {}).get();
        first.counted.countDown();
        caller.get();
        others.counted.countDown();
        another.join();

        await().untilAsserted(() -> assertThat(order).containsExactly("another's", "first", "second"));
    }

    /** Stops its caller between queueing it and counting it. */
    private record StoppedTask(Runnable task, CountDownLatch added, CountDownLatch counted) implements Runnable {
        StoppedTask(Runnable task) {
            this(task, new CountDownLatch(1), new CountDownLatch(1));
        }

        @Override
        public void run() {
            task.run();
        }
    }

    private static final class StoppingQueue extends ConcurrentLinkedQueue<Runnable> {
        @Override
        public boolean add(Runnable task) {
            super.add(task);
            if (task instanceof StoppedTask stopped) {
                stopped.added.countDown();
                awaitQuietly(stopped.counted);
            }
            return true;
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tasksOfOneCallerRunInOrderAndOneAtATime() throws InterruptedException {
        Lane lane = threads.lane("counter");
        int callers = 4;
        int tasks = 20_000;
        int[] next = new int[callers];
        var wrong = new AtomicInteger();
        var left = new CountDownLatch(callers * tasks);
        for (int c = 0; c < callers; c++) {
            int caller = c;
            Runnable body = () -> {
                for (int i = 0; i < tasks; i++) {
                    int number = i;
                    lane.execute(() -> {
                        if (next[caller]++ != number) {
                            wrong.incrementAndGet();
                        }
                        left.countDown();
                    });
                }
            };
            if (c < 2) {
                loops.get(c).execute(body);
            } else {
                threads.blocking(body);
            }
        }
        assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).hasValue(0);
    }

    @Test
    void aBusyLaneLetsItsLoopDoOtherWork() throws InterruptedException {
        Lane lane = threads.lane("endless");
        var stop = new AtomicBoolean();
        var rounds = new AtomicInteger();
        class Endless implements Runnable {
            @Override
            public void run() {
                rounds.incrementAndGet();
                if (!stop.get()) {
                    lane.execute(this);
                }
            }
        }
        lane.execute(new Endless());
        for (EventLoop loop : loops) {
            var other = new CountDownLatch(1);
            loop.execute(other::countDown);
            assertThat(other.await(10, TimeUnit.SECONDS)).isTrue();
        }
        stop.set(true);
        assertThat(rounds.get()).isPositive();
    }

    @Test
    void aTaskThatThrowsIsReportedAndTheLaneGoesOn() throws InterruptedException {
        Lane lane = threads.lane("orders-3");
        var done = new CountDownLatch(1);
        lane.execute(() -> {
            throw new AssertionError("broken invariant");
        });
        lane.execute(done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(bugs).containsExactly("orders-3: broken invariant");
    }

    @Test
    void lanesCalledInsideOneAnotherDoNotOverflowTheStack() throws InterruptedException {
        int depth = 20_000;
        List<Lane> chain = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            chain.add(threads.lane("chain-" + i));
        }
        var end = new CountDownLatch(1);
        class Link implements Runnable {
            private final int at;

            Link(int at) {
                this.at = at;
            }

            @Override
            public void run() {
                if (at + 1 == depth) {
                    end.countDown();
                } else {
                    chain.get(at + 1).execute(new Link(at + 1));
                }
            }
        }
        chain.get(0).execute(new Link(0));
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void assertCurrentNamesThreadAndLane() {
        Lane lane = threads.lane("orders-3");
        assertThatThrownBy(lane::assertCurrent)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected: lane orders-3");
    }

    @Test
    void aTimerRunsItsTaskOnItsLaneUnlessCancelled() {
        Lane lane = threads.lane("a");
        var ran = new ConcurrentLinkedQueue<String>();
        Timers timers = threads.timers(new SystemClock());
        Timers.Timer cancelled = timers.schedule(lane, 20, () -> ran.add("cancelled"));
        timers.schedule(lane, 40, () -> ran.add("on lane: " + lane.isCurrent()));
        cancelled.cancel();
        cancelled.cancel();
        await().until(() -> !ran.isEmpty());
        assertThat(ran).containsExactly("on lane: true");
    }

    @Test
    void closingEndsEveryThread() throws InterruptedException {
        onLoop(() -> {});
        var blocked = new CountDownLatch(1);
        threads.blocking(blocked::countDown);
        assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
        threads.close();
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(BrokerThread.class::isInstance);
        threads.lane("late").execute(() -> bugs.add("ran after close"));
        assertThat(bugs).isEmpty();
    }

    private void onLoop(Runnable body) throws InterruptedException {
        var done = new CountDownLatch(1);
        loops.get(0).execute(() -> {
            body.run();
            done.countDown();
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
