package dev.barnabas.broker.internal.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.exec.BrokerThreads;
import dev.barnabas.broker.internal.exec.Lane;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GatheredAppendsTest {

    private static final int APPENDS = 20_000;

    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Throwable> bugs = new ArrayList<>();
    private final BrokerThreads threads = new BrokerThreads("gather-test", 1, (where, bug) -> bugs.add(bug));

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
        assertThat(bugs).isEmpty();
    }

    /** {@code number} stands where the timeout would. */
    private static LeaderAppend append(int from, int number) {
        return new LeaderAppend(Unpooled.EMPTY_BUFFER, from, number, (result, error) -> {});
    }

    @Test
    void whatALoopAddsInOneWakeUpIsTakenTogetherAtItsEnd() throws InterruptedException {
        Lane lane = threads.lane("a");
        var sizes = new ArrayList<Integer>();
        var taken = new CountDownLatch(1);
        var appends = new GatheredAppends(threads, lane, group -> {
            assertThat(lane.isCurrent()).isTrue();
            sizes.add(group.size());
            taken.countDown();
        });
        loops.get(0).execute(() -> {
            for (int i = 0; i < 5; i++) {
                appends.add(append(0, i));
            }
            assertThat(sizes).isEmpty();
        });
        assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sizes).containsExactly(5);
    }

    @Test
    void everyAppendIsTakenOnceAndInTheOrderOfItsThread() throws InterruptedException {
        Lane lane = threads.lane("a");
        var next = new AtomicIntegerArray(3);
        var left = new CountDownLatch(3 * APPENDS);
        var appends = new GatheredAppends(
                threads,
                lane,
                group -> group.forEach(append -> {
                    assertThat(append.timeoutMs()).isEqualTo(next.getAndIncrement(append.requiredAcks()));
                    left.countDown();
                }));
        var foreign = new Thread(() -> {
            for (int i = 0; i < APPENDS; i++) {
                appends.add(append(2, i));
            }
        });
        foreign.start();
        for (int loop = 0; loop < 2; loop++) {
            int from = loop;
            loops.get(loop).execute(() -> addFrom(appends, from, 0, loops.get(from)));
        }
        foreign.join();
        assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** A few in each wake-up. */
    private static void addFrom(GatheredAppends appends, int from, int first, Executor again) {
        int end = first;
        while (end < Math.min(APPENDS, first + 1 + first % 7)) {
            appends.add(append(from, end++));
        }
        int next = end;
        if (next < APPENDS) {
            again.execute(() -> addFrom(appends, from, next, again));
        }
    }
}
