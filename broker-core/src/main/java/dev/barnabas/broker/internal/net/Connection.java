package dev.barnabas.broker.internal.net;

import dev.barnabas.broker.internal.request.DecodedRequest;
import dev.barnabas.broker.internal.request.RequestDecoder;
import dev.barnabas.broker.internal.request.RequestDispatcher;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.TooManyElementsException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: requests in, responses out in the same order. Everything happens on the loop of its channel.
 *
 * <p>As in Kafka, a request waits until the one before it is answered, with one exception that no client can tell: Produce
 * requests in a row are handed on at once, in order, so that several appends may wait for the disk together. While a request
 * waits its turn, while the peer does not take its responses, or while memory is scarce, the socket is not read, but for as
 * much as tells that there is a request.
 *
 * <p>A peer that has sent its last byte is still served what it asked for, then the connection closes: as in Kafka, it may
 * wait for answers with its own direction shut, and what it sent without wanting an answer is not lost.
 */
final class Connection extends InboundHandler {
    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    private static final String UNKNOWN = "unknown";

    private final long id;
    private final Channel channel;
    private final String listenerName;
    private final FrontEnd frontEnd;
    private final FrontEndSettings settings;
    private final RequestDecoder decoder;
    private final RequestDispatcher dispatcher;
    private final Clock clock;
    private final RequestMemory requestMemory;
    private final ResponseMemory responseMemory;
    private final ResponseMemory conversionMemory;
    private final FrameReader frames;
    private final Outbound outbound;
    private final SenderWatch senderWatch = new SenderWatch();
    private final TakerWatch takerWatch = new TakerWatch();

    /** Requests handed on and not answered, or answered and behind one that is not; oldest first. */
    private final Deque<Exchange> exchanges = new ArrayDeque<>(4);

    /** The next request, decoded, which may not be handed on yet. */
    private @Nullable Exchange next;

    /** A frame whose request waits for {@link #elements} to be decoded. */
    private @Nullable Frame undecoded;

    /** What the request that is being decoded is charged to, if it has many elements. */
    private RequestMemory.@Nullable Share elements;

    private @Nullable InetSocketAddress remoteAddress;
    private String clientSoftwareName = UNKNOWN;
    private String clientSoftwareVersion = UNKNOWN;
    private long activeNanos;

    /** Whether requests are being handed on, so that what comes of that need not have more handed on. */
    private boolean handingOn;

    /** Whether the peer has sent its last byte. */
    private boolean inputEnded;

    private boolean closing;
    private boolean unflushed;

    /** Sends and flushes, at the end of the loop's wake-up. */
    private final Runnable service = this::serve;

    private boolean serviceScheduled;
    private boolean awaitingResponseMemory;

    /** How much had been sent and taken when it was last asked whether the connection is idle. */
    private long bytesMoved;

    private volatile boolean closed;

    /** @param buffers of the loop that the channel is to be registered with */
    Connection(
            long id, Channel channel, String listenerName, FrontEnd frontEnd, SpareBuffers buffers, boolean encrypted) {
        this.id = id;
        this.channel = channel;
        this.listenerName = listenerName;
        this.frontEnd = frontEnd;
        this.settings = frontEnd.settings();
        this.decoder = frontEnd.decoder();
        this.dispatcher = frontEnd.dispatcher();
        this.clock = frontEnd.clock();
        this.requestMemory = frontEnd.requestMemory();
        this.responseMemory = frontEnd.responseMemory();
        this.conversionMemory = frontEnd.conversionMemory();
        this.frames = new FrameReader(settings.frameBytesMax(), requestMemory, buffers, this::memoryGranted);
        this.outbound = new Outbound(channel, encrypted, responseMemory, this::scheduleService);
    }

    /** Where the channel's socket is read into. */
    FrameReader frames() {
        return frames;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        remoteAddress = (InetSocketAddress) channel.remoteAddress();
        activeNanos = clock.nanos();
        frontEnd.opened(this);
        if (settings.idleMs() >= 0) {
            scheduleIdleCheck(settings.idleMs());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (closed) {
            bytes.release();
            return;
        }
        frames.received(bytes);
        handOn();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !closed) {
            inputEnded = true;
            scheduleService();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!closed && channel.isWritable()) {
            scheduleService();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("Connection failed connection={} remote={} cause={}", id, remoteAddress, cause.toString());
            channel.close();
        } else {
            closeOn(cause);
        }
    }

    /** Hands on what may be handed on, and decides whether to read. */
    private void handOn() {
        handingOn = true;
        try {
            while (handOnNext()) {
                // The next one.
            }
        } catch (RuntimeException | Error failure) {
            closeOn(failure);
        } finally {
            handingOn = false;
        }
        if (!closed) {
            updateReading();
            if (inputEnded && !closing && isAllServed()) {
                closing = true;
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    /** Whether nothing is left to do for what has been received, but for bytes on their way out. */
    private boolean isAllServed() {
        return exchanges.isEmpty() && next == null && undecoded == null && !frames.isWaiting() && outbound.isReady();
    }

    private boolean handOnNext() {
        if (closed || !mayDecode()) {
            return false;
        }
        if (next == null) {
            next = decodeNext();
        }
        if (next == null || !mayHandOn(next)) {
            return false;
        }
        Exchange exchange = next;
        next = null;
        exchanges.add(exchange);
        dispatcher.dispatch(exchange);
        return true;
    }

    /**
     * Whether a request could be handed on, were it the right one. None is decoded before: it would hold memory that others
     * wait for until the peer takes its responses, or until what is waited for happens.
     */
    private boolean mayDecode() {
        Exchange last = exchanges.peekLast();
        return outbound.isReady()
                && (last == null || last.isProduce() && last.isHandled() && exchanges.size() < settings.inFlightMax());
    }

    private boolean mayHandOn(Exchange exchange) {
        if (!exchanges.isEmpty() && !exchange.isProduce()) {
            return false;
        }
        if (responseMemory.isScarce()) {
            await(responseMemory);
            return false;
        }
        if (exchange.converts() && conversionMemory.isScarce()) {
            await(conversionMemory);
            return false;
        }
        return true;
    }

    private void await(ResponseMemory memory) {
        if (!awaitingResponseMemory) {
            awaitingResponseMemory = true;
            memory.await(this::responseMemoryGranted);
        }
    }

    /** Any thread; after the loop's end for a connection that is closed. */
    private void responseMemoryGranted() {
        if (!closed) {
            channel.eventLoop().execute(() -> {
                awaitingResponseMemory = false;
                if (!closed) {
                    scheduleService();
                }
            });
        }
    }

    private @Nullable Exchange decodeNext() {
        Frame frame = undecoded;
        undecoded = null;
        try {
            if (frame == null) {
                frame = frames.next();
            }
            if (frame == null) {
                return null;
            }
            return decode(frame);
        } catch (FrameException | MalformedMessageException e) {
            giveUp(frame);
            closeBecause(e.getMessage());
            return null;
        } catch (RuntimeException | Error failure) {
            giveUp(frame);
            throw failure;
        }
    }

    /**
     * The request in {@code frame}; null, and the frame kept, if it has so many elements that it has to wait. How many is
     * known once it is decoded, so each attempt that meets more takes a share at least twice as large.
     */
    private @Nullable Exchange decode(Frame frame) {
        ByteBuf content = frame.content();
        int begin = content.readerIndex();
        while (elements == null || elements.isTaken()) {
            int elementsMax = elements == null ? RequestMemory.FREE_ELEMENTS : elements.size();
            try {
                return exchange(frame, decoder.decode(content.readerIndex(begin), elementsMax));
            } catch (TooManyElementsException many) {
                if (many.elements() > requestMemory.elementsMax()) {
                    throw new MalformedMessageException("list elements: " + many.elements() + " (expected: at most "
                            + requestMemory.elementsMax() + " in one request)");
                }
                giveElementsBack();
                elements = requestMemory.elements(Math.max(2 * elementsMax, many.elements()), this::memoryGranted);
                elements.take();
            }
        }
        content.readerIndex(begin);
        undecoded = frame;
        return null;
    }

    private Exchange exchange(Frame frame, DecodedRequest request) {
        RequestMemory.Share share = elements;
        elements = null;
        if (share != null) {
            share.shrinkTo(request.elements());
        }
        boolean keep = request.header().apiKey() == ApiKey.PRODUCE;
        if (!keep) {
            frame.release();
        }
        return new Exchange(this, request, keep ? frame : null, share, clock.wallMs());
    }

    private void giveUp(@Nullable Frame frame) {
        if (frame != null) {
            frame.release();
        }
        giveElementsBack();
    }

    private void giveElementsBack() {
        if (elements != null) {
            elements.giveBack();
            elements = null;
        }
    }

    /** Sends what is answered, in order, in one piece. */
    private void sendAnswered() {
        if (isAnswered(exchanges.peek())) {
            var writer = new GatheringWriter();
            String problem = encodeAnswered(writer);
            write(writer);
            if (problem != null && !closed) {
                closeBecause(problem);
            }
        }
        if (!closed && outbound.hasWaiting()) {
            unflushed |= outbound.pump();
        }
    }

    private boolean isAnswered(@Nullable Exchange oldest) {
        return oldest != null && oldest.isAnswered() && !closed;
    }

    /** Returns why the connection has to be closed after what has been encoded; null if it has not. */
    private @Nullable String encodeAnswered(GatheringWriter writer) {
        String problem = null;
        try {
            for (Exchange first = exchanges.peek(); problem == null && isAnswered(first); first = exchanges.peek()) {
                exchanges.remove();
                activeNanos = clock.nanos();
                try {
                    problem = encode(first, writer);
                } finally {
                    first.done();
                }
            }
        } catch (RuntimeException | Error failure) {
            writer.dropSlices();
            throw failure;
        }
        return problem;
    }

    private @Nullable String encode(Exchange exchange, GatheringWriter writer) {
        ApiMessage response = exchange.response();
        if (response == null) {
            return exchange.reasonToClose();
        }
        dispatcher.answered(exchange, response);
        try {
            writer.writeResponse(exchange.header(), exchange.answerVersion(), response);
            return null;
        } catch (RuntimeException | Error bug) {
            Responses.drop(response);
            if (bug instanceof OutOfMemoryError) {
                return outOfMemory(bug);
            }
            log.error("Response cannot be encoded api={} version={}", exchange.api(), exchange.answerVersion(), bug);
            return "no response to " + exchange.api().apiName();
        }
    }

    private void write(GatheringWriter writer) {
        if (closed) {
            writer.dropSlices();
        } else if (writer.size() > 0) {
            ByteBuf buffer;
            try {
                buffer = channel.alloc().directBuffer(writer.size(), writer.size());
            } catch (RuntimeException | Error failure) {
                writer.dropSlices();
                throw failure;
            }
            writer.writeTo(buffer);
            unflushed = true;
            outbound.write(buffer, writer.cuts());
        }
    }

    private void updateReading() {
        boolean wanted = !inputEnded
                && next == null
                && undecoded == null
                && !frames.isWaiting()
                && exchanges.size() < settings.inFlightMax()
                && (frames.isEmpty() || mayDecode());
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
            if (wanted) {
                senderWatch.onResumed(frames.framesBegun(), clock.nanos());
            } else {
                senderWatch.onPaused(clock.nanos());
            }
        }
    }

    /** The answer to {@code exchange} is there. */
    void answered(Exchange exchange) {
        if (closed) {
            exchange.drop();
            frontEnd.answered(exchange);
        } else {
            scheduleService();
        }
    }

    /** A handler has been called; the request behind it may be handed on. */
    void handled() {
        if (!closed && !handingOn) {
            scheduleService();
        }
    }

    /** Any thread. */
    private void memoryGranted() {
        channel.eventLoop().execute(() -> {
            if (!closed) {
                scheduleService();
            }
        });
    }

    /**
     * Has answers sent, and then what had to wait handed on, when the loop has done what it is about: together with what is
     * answered until then, and not in the midst of what answered.
     */
    private void scheduleService() {
        if (!serviceScheduled) {
            serviceScheduled = true;
            channel.eventLoop().execute(service);
        }
    }

    private void serve() {
        serviceScheduled = false;
        if (closed) {
            return;
        }
        try {
            sendAnswered();
        } catch (RuntimeException | Error failure) {
            closeOn(failure);
        }
        flush();
        if (!closed && mayGoOn()) {
            handOn();
        }
    }

    /** Whether there may be something to hand on, or to be read again, that was not there when the last bytes came. */
    private boolean mayGoOn() {
        return next != null
                || undecoded != null
                || inputEnded
                || frames.mayGoOn()
                || !channel.config().isAutoRead();
    }

    private void flush() {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    private void scheduleIdleCheck(long delayMs) {
        channel.eventLoop().schedule(this::checkIdle, delayMs, TimeUnit.MILLISECONDS);
    }

    /** Looks once an idle time, or when the connection could have become idle since; a request moves no timer. */
    private void checkIdle() {
        if (!closed && !closeIfIdle()) {
            scheduleIdleCheck(isBusy() ? settings.idleMs() : settings.idleMs() - idleMs());
        }
    }

    /** Closes the connection if nothing is under way and nothing was answered for too long; returns whether it did. On the loop. */
    boolean closeIfIdle() {
        if (closed || settings.idleMs() < 0 || isBusy() || idleMs() < settings.idleMs() || isMoving()) {
            return false;
        }
        log.debug("Closed an idle connection connection={} remote={} idleMs={}", id, remoteAddress, idleMs());
        channel.close();
        return true;
    }

    /** Whether the peer waits for an answer; one that has sent its last byte, or does not take its answers, may be gone. */
    private boolean isBusy() {
        return !inputEnded && (!exchanges.isEmpty() || next != null && outbound.isReady());
    }

    /** Whether more of a request has come, or of a response gone, since this was last asked: as good as an answer. */
    private boolean isMoving() {
        boolean isHalfWay = frames.bytesOfUnfinishedFrame() > 0 || !outbound.isReady();
        long moved = frames.bytesOfUnfinishedFrame() + outbound.bytesTaken();
        if (!isHalfWay || moved == bytesMoved) {
            return false;
        }
        bytesMoved = moved;
        activeNanos = clock.nanos();
        return true;
    }

    /** Milliseconds since the last answer, or since the connection was opened. */
    private long idleMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - activeNanos);
    }

    /**
     * Sees to it that the connection does not keep memory that others wait for: a fetch that waits is answered, a peer that
     * sends, or takes, too slowly loses its connection. On the loop.
     */
    void closeIfStalled(long nowNanos) {
        if (closed) {
            return;
        }
        String problem = null;
        if (requestMemory.areFramesWaiting()
                && frames.holdsShare()
                && channel.config().isAutoRead()) {
            problem = senderWatch.problem(frames.framesBegun(), frames.bytesOfUnfinishedFrame(), nowNanos);
        }
        if (problem == null && isToTake()) {
            problem = takerWatch.problem(outbound.bytesTaken(), nowNanos);
        }
        Exchange first = exchanges.peek();
        if (problem != null) {
            closeBecause(problem);
        } else if (first != null && requestMemory.areElementsWaitedFor()) {
            first.hurry();
        }
    }

    /** Whether others wait for memory that comes free when the peer takes what it was sent. */
    private boolean isToTake() {
        if (outbound.longBytesUntaken() > 0 && (responseMemory.isScarce() || conversionMemory.isScarce())) {
            return true;
        }
        boolean holdsRequest = next != null || undecoded != null || frames.keepsShare();
        return holdsRequest && !outbound.isReady() && requestMemory.isScarce();
    }

    /**
     * Closes the connection on which something failed of which its peer cannot be told, such as half a response for whose
     * other half there is no memory.
     */
    private void closeOn(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            closeBecause(outOfMemory(failure));
            return;
        }
        log.error("Connection failed connection={} remote={}", id, remoteAddress, failure);
        channel.close();
        close();
    }

    private static String outOfMemory(Throwable failure) {
        return "out of memory: " + failure.getMessage();
    }

    private void closeBecause(@Nullable String reason) {
        log.warn(
                "Closed a connection connection={} remote={} listener={} reason=\"{}\"",
                id,
                remoteAddress,
                listenerName,
                reason);
        flush();
        channel.close();
        close();
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        giveUp(undecoded);
        undecoded = null;
        frames.close();
        outbound.close();
        if (next != null) {
            next.drop();
            next = null;
        }
        dropAnswered();
        exchanges.forEach(frontEnd::unanswered);
        exchanges.forEach(Exchange::connectionClosed);
        exchanges.clear();
        frontEnd.closed(this);
    }

    /** Before the others are told: what they do may answer one that is still in line, which then drops its answer by itself. */
    private void dropAnswered() {
        exchanges.stream().filter(Exchange::isAnswered).forEach(Exchange::drop);
        exchanges.removeIf(Exchange::isAnswered);
    }

    boolean isClosed() {
        return closed;
    }

    ResponseMemory conversionMemory() {
        return conversionMemory;
    }

    boolean inLoop() {
        return channel.eventLoop().inEventLoop();
    }

    EventLoop executor() {
        return channel.eventLoop();
    }

    Channel channel() {
        return channel;
    }

    long id() {
        return id;
    }

    String listenerName() {
        return listenerName;
    }

    InetSocketAddress remoteAddress() {
        if (remoteAddress == null) {
            throw new IllegalStateException("connection: not open");
        }
        return remoteAddress;
    }

    String clientSoftwareName() {
        return clientSoftwareName;
    }

    String clientSoftwareVersion() {
        return clientSoftwareVersion;
    }

    void introduceClient(String softwareName, String softwareVersion) {
        clientSoftwareName = softwareName;
        clientSoftwareVersion = softwareVersion;
    }

    @Override
    public String toString() {
        return "Connection(" + id + ", " + remoteAddress + ")";
    }
}
