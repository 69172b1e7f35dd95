package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.ManualClock;
import dev.barnabas.broker.internal.exec.BrokerThreads;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.HandlerTable;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.internal.request.RequestDispatcher;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataRequest.MetadataRequestTopic;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.PartitionProduceResponse;
import dev.barnabas.protocol.message.ProduceResponse.TopicProduceResponse;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who loses the connection when memory is short, or after a time without activity, and who does not. */
@Timeout(60)
class StalledPeersTest {

    private static final int MIB = 1 << 20;
    private static final int FRAME_BYTES_MAX = 100_000;

    /** Of which two do not fit into the memory for frames. */
    private static final int LONG_BYTES = 60_000;

    private static final int SOME_BYTES = 10_000;
    private static final Duration SIX_MINUTES = Duration.ofMinutes(6);
    private static final long IDLE_MS = TimeUnit.MINUTES.toMillis(10);

    private final ManualClock clock = new ManualClock(Instant.now());
    private final BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    private final BrokerThreads threads = new BrokerThreads("front-end", 1, (where, bug) -> bugs.add(bug));
    private final List<EventLoop> loops = new ArrayList<>();
    private final BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
    private final AtomicInteger granted = new AtomicInteger();
    private final AtomicBoolean clockFails = new AtomicBoolean();
    private final AtomicInteger clockFailures = new AtomicInteger();
    private FrontEnd frontEnd;
    private InetSocketAddress address;

    private void open(Transport transport, long responseBytesMax) throws IOException {
        loops.addAll(transport.openLoops(1, threads.loopThreads()));
        threads.open(loops);
        frontEnd = new FrontEnd(
                new FrontEndSettings(
                        FRAME_BYTES_MAX, 2 * FRAME_BYTES_MAX, responseBytesMax, 16, IDLE_MS, 11, 1000, 128),
                transport,
                loops,
                new Failing());
        address = frontEnd.bind(new ListenerSpec("PLAINTEXT", "127.0.0.1", 0));
        frontEnd.open(
                new HandlerTable(List.of(api -> new Holding())),
                new RequestDispatcher(List.of(), threads.timers(clock), threads.lane("delays")),
                UnpooledByteBufAllocator.DEFAULT,
                new UnlimitedConnections());
    }

    private RawClient connect() throws IOException {
        return new RawClient("127.0.0.1:" + address.getPort(), 4096);
    }

    @AfterEach
    void close() {
        frontEnd.close();
        threads.close();
        assertThat(bugs).isEmpty();
    }

    @Test
    void theTimeThatOneFrameWaitedIsNotHeldAgainstTheNext() throws Exception {
        open(Transport.best(), MIB);
        try (RawClient client = connect()) {
            byte[] first = produce(0, LONG_BYTES);
            byte[] second = produce(1, LONG_BYTES);
            byte[] third = produce(2, LONG_BYTES);
            client.send(first);
            RequestContext context = takeHeld();
            client.send(Arrays.copyOf(second, SOME_BYTES));
            await().until(() -> frontEnd.requestMemory().isScarce());
            context.respond(new ProduceResponse());
            client.receive(ApiKey.PRODUCE, 9, 0);
            awaitLoop();
            client.send(rest(second));
            takeHeld().respond(new ProduceResponse());
            client.receive(ApiKey.PRODUCE, 9, 1);

            clock.advance(Duration.ofSeconds(10));
            client.send(Arrays.copyOf(third, SOME_BYTES));
            RequestMemory.Share other = awaitLineForFrames();
            closeStalled();
            client.send(rest(third));
            takeHeld().respond(new ProduceResponse());
            client.receive(ApiKey.PRODUCE, 9, 2);
            other.giveBack();
        }
    }

    @Test
    void aPeerThatTakesALongResponseSlowlyGetsAllOfIt() throws Exception {
        open(Transport.best(), MIB);
        try (RawClient client = connect()) {
            client.send(produce(0, 100));
            takeHeld().respond(megabytes(24));
            await().until(() -> frontEnd.responseMemory().isScarce());
            closeStalled();
            DataInputStream in = new DataInputStream(client.socket().getInputStream());
            int left = in.readInt();
            for (; left > 5 * MIB; left -= 5 * MIB) { // more than the system keeps for a connection
                in.skipNBytes(5 * MIB);
                clock.advance(Duration.ofSeconds(4));
                closeStalled();
            }
            in.skipNBytes(left);
            await().until(() -> !frontEnd.responseMemory().isScarce());
            assertThat(frontEnd.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatTakesNothingLosesItsConnectionIfItsResponseHoldsMemory() throws Exception {
        open(Transport.best(), MIB);
        try (RawClient client = connect()) {
            client.send(produce(0, 100));
            takeHeld().respond(megabytes(24));
            await().until(() -> frontEnd.responseMemory().isScarce());
            awaitClosedAsStalled();
        }
    }

    @Test
    void aPeerThatTakesNothingLosesItsConnectionIfItsNextRequestHoldsMemory() throws Exception {
        open(Transport.best(), 64 * MIB);
        try (RawClient client = connect()) {
            client.send(produce(0, 100));
            RequestContext context = takeHeld();
            client.send(topics(10_000), 4);
            RequestMemory.Share other = awaitLine(ApiKey.METADATA);
            context.respond(megabytes(24));
            awaitClosedAsStalled();
            assertThat(granted).hasValue(1);
            other.giveBack();
        }
    }

    @Test
    void aPeerThatTakesNothingLosesItsConnectionIfAFrameHalfSentHoldsMemory() throws Exception {
        open(Transport.best(), 64 * MIB);
        try (RawClient client = connect()) {
            client.send(produce(0, 100));
            RequestContext context = takeHeld();
            client.send(Arrays.copyOf(produce(1, LONG_BYTES), SOME_BYTES));
            RequestMemory.Share other = awaitLineForFrames();
            context.respond(megabytes(24));
            awaitClosedAsStalled();
            assertThat(granted).hasValue(1);
            other.giveBack();
        }
    }

    @Test
    void aCheckThatFailsIsNotTheLast() throws Exception {
        open(Transport.best(), MIB);
        try (RawClient client = connect()) {
            client.send(produce(0, 100));
            takeHeld().respond(megabytes(24));
            await().until(() -> frontEnd.responseMemory().isScarce());
            closeStalled();
            clockFails.set(true);
            await().until(() -> clockFailures.get() > 0);
            clockFails.set(false);
            clock.advance(Duration.ofSeconds(10));
            await().until(() -> frontEnd.connectionCount() == 0);
        }
    }

    @Test
    void aPeerThatSendsALongRequestSlowlyIsNotIdle() throws Exception {
        open(Transport.best(), MIB);
        try (RawClient client = connect();
                RawClient other = connect()) {
            byte[] request = produce(0, LONG_BYTES);
            int at = 0;
            for (; at < request.length - SOME_BYTES; at += SOME_BYTES) {
                client.send(Arrays.copyOfRange(request, at, at + SOME_BYTES));
                awaitAnswer(other); // so that what the client has sent has been read
                clock.advance(SIX_MINUTES);
                awaitLoop();
            }
            client.send(Arrays.copyOfRange(request, at, request.length));
            takeHeld().respond(new ProduceResponse());
            client.receive(ApiKey.PRODUCE, 9, 0);
        }
    }

    @Test
    void aPeerThatStopsInTheMidstOfARequestIsIdle() throws Exception {
        open(Transport.best(), MIB);
        try (RawClient client = connect();
                RawClient other = connect()) {
            client.send(Arrays.copyOf(produce(0, LONG_BYTES), SOME_BYTES));
            awaitAnswer(other); // so that what the client has sent has been read
            for (int i = 0; i < 4; i++) {
                clock.advance(SIX_MINUTES);
                awaitLoop();
            }
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void movingTheClockWhileTheLoopsEndHurtsNobody() throws Exception {
        open(new NioTransport(), MIB);
        NioSocketChannel channel = new NioSocketChannel();
        loops.get(0).register(channel).sync();
        Connection connection = new Connection(
                7, channel, "PLAINTEXT", frontEnd, new SpareBuffers(UnpooledByteBufAllocator.DEFAULT), false);
        threads.close();
        frontEnd.opened(connection);
        assertThatCode(() -> clock.advance(SIX_MINUTES)).doesNotThrowAnyException();
        frontEnd.closed(connection);
    }

    private static byte[] produce(int correlationId, int bytes) {
        return RawClient.encode(Records.produce("orders", 0, (short) -1, new byte[bytes]), 9, correlationId);
    }

    private static byte[] rest(byte[] request) {
        return Arrays.copyOfRange(request, SOME_BYTES, request.length);
    }

    private static MetadataRequest topics(int count) {
        MetadataRequest request = new MetadataRequest();
        for (int i = 0; i < count; i++) {
            request.topics().add(new MetadataRequestTopic().setName("t" + i));
        }
        return request;
    }

    private static ProduceResponse megabytes(int count) {
        PartitionProduceResponse wordy = new PartitionProduceResponse().setErrorMessage("x".repeat(MIB / 64));
        return new ProduceResponse()
                .setResponses(List.of(new TopicProduceResponse()
                        .setName("orders")
                        .setPartitionResponses(Collections.nCopies(64 * count, wordy))));
    }

    private RequestContext takeHeld() throws InterruptedException {
        RequestContext context = held.poll(10, TimeUnit.SECONDS);
        assertThat(context).isNotNull();
        return context;
    }

    private void awaitAnswer(RawClient client) throws Exception {
        int id = client.send(Records.produce("orders", 0, (short) -1, new byte[100]), 9);
        takeHeld().respond(new ProduceResponse());
        client.receive(ApiKey.PRODUCE, 9, id);
    }

    private RequestMemory.Share awaitLineForFrames() {
        return awaitLine(ApiKey.PRODUCE);
    }

    /** Gets in line for memory for another request of that kind as soon as there is a line. */
    private RequestMemory.Share awaitLine(ApiKey api) {
        List<RequestMemory.Share> shares = new ArrayList<>();
        await().until(() -> {
            RequestMemory memory = frontEnd.requestMemory();
            RequestMemory.Share share = api == ApiKey.PRODUCE
                    ? memory.share(LONG_BYTES, granted::incrementAndGet)
                    : memory.elements(10_000, granted::incrementAndGet);
            if (share.take()) {
                share.giveBack();
                return false;
            }
            return shares.add(share);
        });
        return shares.get(0);
    }

    private void awaitClosedAsStalled() {
        await().until(() -> {
            clock.advance(Duration.ofSeconds(2));
            closeStalled();
            return frontEnd.connectionCount() == 0;
        });
    }

    private void closeStalled() throws Exception {
        frontEnd.closeStalled();
        awaitLoop();
    }

    /** Waits for what the loop has been given so far. */
    private void awaitLoop() throws Exception {
        loops.get(0).submit(() -> {}).get(10, TimeUnit.SECONDS);
    }

    /** Keeps its requests for the test to answer. */
    private final class Holding implements ApiHandler<ApiMessage> {
        @Override
        public void handle(ApiMessage request, RequestContext context) {
            held.add(context);
        }

        @Override
        public ApiMessage failed(ApiMessage request, int requestVersion, ApiException error) {
            throw error;
        }
    }

    /** The clock that is moved by hand, if it can be read. */
    private final class Failing implements Clock {
        @Override
        public long wallMs() {
            return clock.wallMs();
        }

        @Override
        public long nanos() {
            if (clockFails.get()) {
                clockFailures.incrementAndGet();
                throw new IllegalStateException("clock: broken (as the test says)");
            }
            return clock.nanos();
        }

        @Override
        public Subscription onMoved(Runnable listener) {
            return clock.onMoved(listener);
        }
    }
}
