package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.barnabas.broker.internal.exec.BrokerThreads;
import dev.barnabas.broker.internal.exec.SystemClock;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.HandlerTable;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.internal.request.RequestDispatcher;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FetchResponse.FetchableTopicResponse;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.message.ProduceResponse;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a request and its answer hold is given back once, also when the connection closes before the answer is sent. */
@Timeout(60)
class AnswersAfterCloseTest {

    private static final byte[] NO_FRAME = {-1, -1, -1, -1};
    private static final FrontEndSettings SETTINGS =
            new FrontEndSettings(1 << 20, 1 << 24, 1 << 22, 5, -1, 11, 1000, 128);

    private final BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    private final BrokerThreads threads = new BrokerThreads("front-end", 1, (where, bug) -> bugs.add(bug));
    private final List<EventLoop> loops = new ArrayList<>();
    private final ScarceAllocator allocator = new ScarceAllocator();
    private FrontEnd frontEnd;
    private InetSocketAddress address;

    private RawClient connect(Serving<?> handler) throws IOException {
        return connect(handler, Transport.best());
    }

    private RawClient connect(Serving<?> handler, Transport transport) throws IOException {
        loops.addAll(transport.openLoops(1, threads.loopThreads()));
        threads.open(loops);
        frontEnd = new FrontEnd(SETTINGS, transport, loops, new SystemClock());
        address = frontEnd.bind(new ListenerSpec("PLAINTEXT", "127.0.0.1", 0));
        frontEnd.open(
                new HandlerTable(List.of(api -> api == handler.api() ? handler : null)),
                new RequestDispatcher(List.of(), threads.timers(new SystemClock()), threads.lane("delays")),
                allocator,
                new UnlimitedConnections());
        return connect();
    }

    /** Another connection to the same front end. */
    private RawClient connect() throws IOException {
        return new RawClient("127.0.0.1:" + address.getPort());
    }

    @AfterEach
    void close() {
        frontEnd.close();
        threads.close();
        assertThat(bugs).isEmpty();
    }

    /** Waits for what the loop has been given so far. */
    private void awaitLoop() throws Exception {
        loops.get(0).submit(() -> {}).get(10, TimeUnit.SECONDS);
    }

    @Test
    void slicesAreGivenBackOnceWhenAnotherThreadAnswersWhileTheConnectionCloses() throws Exception {
        CountedSlice slice = CountedSlice.view(4);
        // What comes behind a Produce request is read before that is answered.
        Serving<ProduceRequest> handler = new Serving<>(ApiKey.PRODUCE, (request, context) -> {
            Thread other = new Thread(() -> context.respond(with(slice)));
            other.start();
            joinUninterruptibly(other);
        });
        try (RawClient client = connect(handler)) {
            byte[] produce = RawClient.encode(Records.produce("orders", 0, (short) -1, new byte[100]), 9, 0);
            // The loop reads what closes the connection before it hears of the answer.
            client.send(ByteBuffer.allocate(produce.length + NO_FRAME.length)
                    .put(produce)
                    .put(NO_FRAME)
                    .array());
            await().until(() -> slice.releases.get() > 0);
            await().until(() -> frontEnd.connectionCount() == 0);
            awaitLoop();
            assertThat(slice.releases).hasValue(1);
        }
    }

    @Test
    void slicesAreGivenBackOnceWhenTheAnswerComesAfterTheConnectionClosed() throws Exception {
        BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
        CountedSlice slice = CountedSlice.view(4);
        try (RawClient client =
                connect(new Serving<FetchRequest>(ApiKey.FETCH, (request, context) -> held.add(context)))) {
            client.send(new FetchRequest(), 11);
            RequestContext context = held.take();
            client.abort();
            await().until(context::isConnectionClosed);
            context.respond(with(slice));
            awaitLoop();
            assertThat(slice.releases).hasValue(1);
        }
    }

    @Test
    void recordsOfAProduceRequestStayUntilItIsAnsweredAlthoughTheConnectionIsClosed() throws Exception {
        BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
        BlockingQueue<ByteBuf> records = new LinkedBlockingQueue<>();
        Serving<ProduceRequest> handler = new Serving<>(ApiKey.PRODUCE, (request, context) -> {
            var partition = request.topicData().get(0).partitionData().get(0);
            records.add(((ByteBufRecords) partition.records()).buffer());
            held.add(context);
        });
        try (RawClient client = connect(handler)) {
            client.send(Records.produce("orders", 0, (short) -1, new byte[100]), 9);
            RequestContext first = held.take();
            ByteBuf ofFirst = records.take();
            client.send(Records.produce("orders", 0, (short) -1, new byte[100]), 9);
            RequestContext second = held.take();
            ByteBuf ofSecond = records.take();
            second.respond(new ProduceResponse());
            await().until(() -> ofSecond.refCnt() == 0);
            client.abort();
            await().until(first::isConnectionClosed);
            assertThat(ofFirst.refCnt()).isEqualTo(1);
            first.respond(new ProduceResponse());
            awaitLoop();
            assertThat(ofFirst.refCnt()).isZero();
        }
    }

    @Test
    void anAnswerForWhichThereIsNoMemoryEndsWithItsConnection() throws Exception {
        BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
        CountedSlice slice = CountedSlice.view(4);
        try (RawClient client =
                connect(new Serving<FetchRequest>(ApiKey.FETCH, (request, context) -> held.add(context)))) {
            client.send(new FetchRequest(), 11);
            RequestContext context = held.take();
            allocator.exhaust(true);
            context.respond(with(slice));
            assertThat(client.isClosedByBroker()).isTrue();
            awaitLoop();
            assertThat(slice.releases).hasValue(1);
        }
    }

    @Test
    void aConnectionIsClosedWithOneLineWhenMemoryEndsHalfWayThroughAnAnswerAndOthersGoOn() throws Exception {
        BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
        CountedSlice slice = CountedSlice.view(1_000_000).onWritten(piece -> allocator.exhaust(true));
        try (RawClient client =
                        connect(new Serving<FetchRequest>(ApiKey.FETCH, (request, context) -> held.add(context)));
                RawClient other = connect();
                ConnectionLog log = new ConnectionLog()) {
            int otherId = other.send(new FetchRequest(), 11);
            RequestContext ofOther = held.take();
            client.send(new FetchRequest(), 11);
            held.take().respond(with(slice));
            assertThat(client.socket().getInputStream().readAllBytes()).hasSizeLessThan(1_000_000);
            awaitLoop();
            assertThat(slice.releases).hasValue(1);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("reason=\"out of memory: buffers: none (as the test says)\"");
            assertThat(frontEnd.connectionCount()).isEqualTo(1);
            allocator.exhaust(false);
            ofOther.respond(new FetchResponse());
            other.receive(ApiKey.FETCH, 11, otherId);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResetBehindAPeersLastByteDoesNotKeepTheLoopBusyUntilTheAnswer(boolean isNio) throws Exception {
        BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
        Serving<FetchRequest> handler = new Serving<>(ApiKey.FETCH, (request, context) -> held.add(context));
        RawClient client = connect(handler, isNio ? new NioTransport() : Transport.best());
        client.send(new FetchRequest(), 11);
        RequestContext context = held.take();
        client.socket().shutdownOutput();
        awaitLoop();
        client.abort();
        assertThat(loopNanosWithinASecond()).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
        context.respond(new FetchResponse());
        await().until(() -> frontEnd.connectionCount() == 0);
    }

    /** How long the loop works within the next second. */
    private long loopNanosWithinASecond() throws Exception {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        EventLoop loop = loops.get(0);
        long before = loop.submit(clock::getCurrentThreadCpuTime).get(10, TimeUnit.SECONDS);
        long after = loop.schedule(clock::getCurrentThreadCpuTime, 1, TimeUnit.SECONDS)
                .get(10, TimeUnit.SECONDS);
        return after - before;
    }

    private static FetchResponse with(RecordSlice slice) {
        return new FetchResponse()
                .setResponses(List.of(new FetchableTopicResponse()
                        .setTopic("orders")
                        .setPartitions(List.of(new PartitionData().setRecords(slice)))));
    }

    private static void joinUninterruptibly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Serves one API as the test says. */
    private record Serving<Q extends ApiMessage>(ApiKey api, BiConsumer<Q, RequestContext> serve)
            implements ApiHandler<Q> {
        @Override
        public void handle(Q request, RequestContext context) {
            serve.accept(request, context);
        }

        @Override
        public ApiMessage failed(Q request, int requestVersion, ApiException error) {
            throw error;
        }
    }

    /** What connections log meanwhile, warnings included. */
    private static final class ConnectionLog implements AutoCloseable {
        private final Logger logger = (Logger) LoggerFactory.getLogger(Connection.class);
        private final Level levelBefore = logger.getLevel();
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        ConnectionLog() {
            logger.setLevel(Level.WARN);
            appender.start();
            logger.addAppender(appender);
        }

        List<String> lines() {
            return appender.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
        }

        @Override
        public void close() {
            logger.detachAppender(appender);
            logger.setLevel(levelBefore);
        }
    }
}
