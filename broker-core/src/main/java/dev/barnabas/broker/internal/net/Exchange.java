package dev.barnabas.broker.internal.net;

import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.ConversionMemory;
import dev.barnabas.broker.internal.request.DecodedRequest;
import dev.barnabas.broker.internal.request.DispatchedRequest;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.record.RecordDownConverter;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request and the slot for its response.
 *
 * <pre>
 *   OPEN --respond, respondNothing, closeConnection (any thread)--> SETTLED --run (the connection's loop)--> ANSWERED
 * </pre>
 *
 * What an answer holds passes to the connection when it is ANSWERED: from there on the connection sends or drops it, and
 * before, nobody does. The frame stays until then, as record bytes of the request are slices of it.
 */
final class Exchange implements DispatchedRequest, Runnable {

    private static final Object NOTHING = new Object();
    private static final Runnable CLOSED = () -> {};

    private final Connection connection;
    private final DecodedRequest request;
    private final @Nullable Frame frame;
    private final RequestMemory.@Nullable Share elements;
    private final long receivedMs;

    /** Null while open; then a response, {@link #NOTHING}, or the reason to close. */
    private final AtomicReference<@Nullable Object> answer = new AtomicReference<>();

    /** What to do when the connection closes; {@link #CLOSED} once it has. */
    private final AtomicReference<@Nullable Runnable> onClosed = new AtomicReference<>();

    /** How to answer early; null if that cannot be, or need not, as the request holds little. */
    private volatile @Nullable Runnable onHurried;

    private boolean handled;

    /** On the loop only. */
    private boolean answered;

    /**
     * @param frame null if nothing of the request refers to it any more
     * @param elements what a request of many elements is charged to; null for others
     */
    Exchange(
            Connection connection,
            DecodedRequest request,
            @Nullable Frame frame,
            RequestMemory.@Nullable Share elements,
            long receivedMs) {
        this.connection = connection;
        this.request = request;
        this.frame = frame;
        this.elements = elements;
        this.receivedMs = receivedMs;
    }

    @Override
    public void respond(ApiMessage response) {
        if (settle(response)) {
            tellConnection();
        } else {
            Responses.drop(response);
            throw new IllegalStateException("answers of " + api() + ": 2 (expected: 1)");
        }
    }

    @Override
    public void respondNothing() {
        if (!settle(NOTHING)) {
            throw new IllegalStateException("answers of " + api() + ": 2 (expected: 1)");
        }
        tellConnection();
    }

    @Override
    public void closeConnection(String reason) {
        if (settle(reason)) {
            tellConnection();
        }
    }

    private boolean settle(Object with) {
        return answer.compareAndSet(null, with);
    }

    private void tellConnection() {
        if (connection.inLoop()) {
            run();
        } else {
            try {
                connection.executor().execute(this);
            } catch (RejectedExecutionException brokerClosed) {
                drop();
            }
        }
    }

    /** On the loop: the answer is there. */
    @Override
    public void run() {
        answered = true;
        onClosed.set(null);
        if (frame != null) {
            frame.release();
        }
        connection.answered(this);
    }

    /** The response has been encoded, or there is none: nothing of the request is needed any more. */
    void done() {
        if (elements != null) {
            elements.giveBack();
        }
    }

    /** Gives back what an answer holds that nobody is to get. Once, on the loop, or by whoever finds the loop at its end. */
    void drop() {
        if (frame != null) {
            frame.release();
        }
        done();
        if (answer.get() instanceof ApiMessage response) {
            Responses.drop(response);
        }
    }

    /** Takes it that no answer will come, unless one did. When the broker's threads have ended. */
    void abandon() {
        if (settle(NOTHING)) {
            drop();
        }
    }

    /** On the loop. */
    boolean isAnswered() {
        return answered;
    }

    /** The response; null if there is to be none. */
    @Nullable
    ApiMessage response() {
        return answer.get() instanceof ApiMessage response ? response : null;
    }

    /** Why the handler wants the connection closed; null if it does not. */
    @Nullable
    String reasonToClose() {
        return answer.get() instanceof String reason ? reason : null;
    }

    int answerVersion() {
        return request.answerVersion();
    }

    /** Whether the answer may hold records in an older format than the log's, in memory of their own. */
    boolean converts() {
        return request.header().apiKey() == ApiKey.FETCH
                && answerVersion() < RecordDownConverter.FIRST_FORMAT_2_FETCH_VERSION;
    }

    boolean isProduce() {
        return request.header().apiKey() == ApiKey.PRODUCE;
    }

    /** Whether the handler has been called, so that what comes next comes after it. */
    boolean isHandled() {
        return handled;
    }

    @Override
    public void handled() {
        handled = true;
        connection.handled();
    }

    /** The connection has closed. On the loop. */
    void connectionClosed() {
        Runnable action = onClosed.getAndSet(CLOSED);
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void onConnectionClosed(Runnable action) {
        Runnable before;
        do {
            before = onClosed.get();
            if (before == CLOSED) {
                action.run();
                return;
            }
        } while (!onClosed.compareAndSet(before, before == null ? action : both(before, action)));
    }

    private static Runnable both(Runnable first, Runnable second) {
        return () -> {
            first.run();
            second.run();
        };
    }

    @Override
    public void onHurried(Runnable action) {
        if (elements != null) {
            onHurried = action;
        }
    }

    @Override
    public void takenOver() {
        if (elements == null) {
            return;
        }
        if (connection.inLoop()) {
            elements.giveBack();
            return;
        }
        try {
            connection.executor().execute(elements::giveBack);
        } catch (RejectedExecutionException brokerClosed) {
            // Nobody waits for it any more.
        }
    }

    /** Others wait for what the request holds. On the loop. */
    void hurry() {
        Runnable action = onHurried;
        if (action != null && !answered) {
            action.run();
        }
    }

    @Override
    public boolean isConnectionClosed() {
        return connection.isClosed();
    }

    @Override
    public ConversionMemory conversionMemory() {
        return connection.conversionMemory();
    }

    @Override
    public ApiHandler<?> handler() {
        return request.handler();
    }

    @Override
    public ApiMessage message() {
        return request.message();
    }

    @Override
    public RequestHeader header() {
        return request.header();
    }

    @Override
    public Executor executor() {
        return connection.executor();
    }

    @Override
    public String listenerName() {
        return connection.listenerName();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public long connectionId() {
        return connection.id();
    }

    @Override
    public String clientSoftwareName() {
        return connection.clientSoftwareName();
    }

    @Override
    public String clientSoftwareVersion() {
        return connection.clientSoftwareVersion();
    }

    @Override
    public void introduceClient(String softwareName, String softwareVersion) {
        connection.introduceClient(softwareName, softwareVersion);
    }

    @Override
    public long receivedMs() {
        return receivedMs;
    }
}
