package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.internal.net.RawClient;
import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.broker.spi.Verdict;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.ProduceRequest;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a broker outlives {@code close()}, nor a {@code start()} that fails. */
@Timeout(120)
class BrokerLeakTest {

    private static final int BROKERS = 50;

    @Test
    void threadsBuffersAndFilesAreGoneAfterClose(@TempDir Path directory) throws IOException {
        startUseAndClose(Broker.builder().dataDir(directory));
        long buffers = buffersInUse();
        long files = openFiles();
        for (int i = 0; i < BROKERS; i++) {
            startUseAndClose(i % 2 == 0 ? Broker.builder() : Broker.builder().dataDir(directory));
            assertThat(brokerThreads()).isEmpty();
        }
        assertThat(buffersInUse()).isEqualTo(buffers);
        await().untilAsserted(() -> assertThat(openFiles()).isLessThanOrEqualTo(files));
    }

    @Test
    void requestsThatAnInterceptorHeldToTheEndLeaveNoBuffer() throws IOException {
        startUseAndClose(Broker.builder());
        long buffers = buffersInUse();
        var held = new HoldsProduce();
        try (Broker broker =
                        Broker.builder().topic("orders", 1).interceptor(held).start();
                RawClient closedBefore = new RawClient(broker.bootstrapServers());
                RawClient closedByTheBroker = new RawClient(broker.bootstrapServers())) {
            closedBefore.send(new ProduceRequest().setAcks((short) 1).setTimeoutMs(1000), 9);
            closedByTheBroker.send(new ProduceRequest().setAcks((short) 1).setTimeoutMs(1000), 9);
            await().untilAsserted(() -> assertThat(held.requests).hasValue(2));
            closedBefore.abort();
        }
        assertThat(buffersInUse()).isEqualTo(buffers);
    }

    /** Delays every other produce request by more than a broker's life, and holds the others for good. */
    private static final class HoldsProduce implements RequestInterceptor {
        private final AtomicInteger requests = new AtomicInteger();

        @Override
        public Verdict onRequest(InterceptedRequest request) {
            if (request.api() != ApiKey.PRODUCE) {
                return Verdict.proceed();
            }
            return requests.getAndIncrement() % 2 == 0
                    ? Verdict.delay(Duration.ofHours(1))
                    : Verdict.holdUntil(new CompletableFuture<>());
        }
    }

    @Test
    void aBrokerHasAtMostFourThreadsMoreThanTheMachineHasCores(@TempDir Path directory) throws IOException {
        try (Broker broker =
                        Broker.builder().dataDir(directory).topic("orders", 10).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            client.call(new MetadataRequest().setTopics(null), 9);
            assertThat(brokerThreads())
                    .hasSizeLessThanOrEqualTo(Runtime.getRuntime().availableProcessors() + 4);
        }
    }

    @Test
    void closingTwiceIsFine() {
        Broker broker = Broker.builder().start();
        assertThat(broker.status()).isEqualTo(BrokerStatus.RUNNING);
        broker.close();
        broker.close();
        assertThat(broker.status()).isEqualTo(BrokerStatus.CLOSED);
    }

    @Test
    void aTakenPortIsNamedAndNothingIsLeftBehind(@TempDir Path directory) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            BrokerException e = startFails(Broker.builder().port(port).dataDir(directory));
            assertThat(e).hasMessageContaining("port: " + port).hasMessageContaining("0 takes any");
        }
        assertThat(brokerThreads()).isEmpty();
        Broker.builder().dataDir(directory).start().close();
    }

    @Test
    void aDirectoryThatAnotherBrokerUsesIsRefused(@TempDir Path directory) {
        try (Broker first = Broker.builder().dataDir(directory).start()) {
            BrokerException e = startFails(Broker.builder().dataDir(directory));
            assertThat(e).hasMessageContaining(directory.toString());
            assertThat(first.status()).isEqualTo(BrokerStatus.RUNNING);
        }
        assertThat(brokerThreads()).isEmpty();
    }

    @Test
    void aDirectoryOfAnotherNodeOrClusterIsRefused(@TempDir Path directory) {
        Broker.builder().dataDir(directory).nodeId(1).clusterId("first").start().close();
        assertThat(startFails(Broker.builder().dataDir(directory).nodeId(2))).hasMessageContaining("node.id");
        assertThat(startFails(Broker.builder().dataDir(directory).nodeId(1).clusterId("second")))
                .hasMessageContaining("cluster.id");
        assertThat(brokerThreads()).isEmpty();
    }

    private static BrokerException startFails(BrokerBuilder builder) {
        try (Broker broker = builder.start()) {
            throw new AssertionError(broker + " started (expected: a BrokerException)");
        } catch (BrokerException e) {
            return e;
        }
    }

    private static void startUseAndClose(BrokerBuilder builder) throws IOException {
        try (Broker broker = builder.start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            client.call(new MetadataRequest().setTopics(null), 9);
        }
    }

    private static Set<String> brokerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("barnabas") || name.startsWith("globalEventExecutor"))
                .collect(Collectors.toSet());
    }

    /** Buffers of the pool, and bytes outside the heap of those made one by one. */
    private static long buffersInUse() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()
                + Stream.of(
                                PooledByteBufAllocator.DEFAULT.metric().directArenas(),
                                PooledByteBufAllocator.DEFAULT.metric().heapArenas())
                        .flatMap(List::stream)
                        .mapToLong(PoolArenaMetric::numActiveAllocations)
                        .sum();
    }

    private static long openFiles() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.count();
        }
    }
}
