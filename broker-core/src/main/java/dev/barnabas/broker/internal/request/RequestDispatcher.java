package dev.barnabas.broker.internal.request;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.broker.spi.Verdict;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a decoded request past the interceptors to its handler, and turns what the handler throws into the client's
 * answer. Stateless; on I/O loops.
 */
public final class RequestDispatcher {
    private static final Logger log = LoggerFactory.getLogger(RequestDispatcher.class);

    private final List<RequestInterceptor> interceptors;
    private final Timers timers;
    private final Lane delays;

    /** @param delays lane on which delays end */
    public RequestDispatcher(List<RequestInterceptor> interceptors, Timers timers, Lane delays) {
        this.interceptors = List.copyOf(interceptors);
        this.timers = timers;
        this.delays = delays;
    }

    /**
     * Dispatches on the calling I/O loop, or later on the same one if an interceptor holds the request.
     *
     * @param request its context's {@code afterHandling} runs on the same loop as soon as the handler has seen it, or will
     *     not
     */
    public void dispatch(DispatchedRequest request) {
        if (interceptors.isEmpty()) {
            handle(request);
        } else {
            intercept(request, 0);
        }
    }

    /** Shows an answer to the interceptors. */
    public void answered(InterceptedRequest request, ApiMessage response) {
        for (RequestInterceptor interceptor : interceptors) {
            try {
                interceptor.onResponse(request, response);
            } catch (RuntimeException e) {
                log.error(
                        "Interceptor failed on a response api={}", request.api().apiName(), e);
            }
        }
    }

    private void intercept(DispatchedRequest request, int from) {
        for (int i = from; i < interceptors.size(); i++) {
            int next = i + 1;
            Verdict verdict = ask(interceptors.get(i), request);
            if (verdict instanceof Verdict.Delay delay) {
                timers.schedule(delays, delay.delay().toMillis(), () -> request.executor()
                        .execute(() -> intercept(request, next)));
                return;
            } else if (verdict instanceof Verdict.Hold hold) {
                hold.stage().whenComplete((done, error) -> request.executor().execute(() -> intercept(request, next)));
                return;
            } else if (verdict instanceof Verdict.Fail fail) {
                fail(request, new ApiException(fail.error(), "an interceptor of the broker said so"));
                request.handled();
                return;
            } else if (verdict instanceof Verdict.Disconnect) {
                request.closeConnection("an interceptor said so");
                return;
            }
        }
        handle(request);
    }

    private static Verdict ask(RequestInterceptor interceptor, DispatchedRequest request) {
        try {
            return interceptor.onRequest(request);
        } catch (RuntimeException e) {
            log.error("Interceptor failed on a request api={}", request.api().apiName(), e);
            return Verdict.disconnect();
        }
    }

    private void handle(DispatchedRequest request) {
        try {
            call(request.handler(), request);
        } catch (ApiException e) {
            fail(request, e);
        } catch (RuntimeException | AssertionError bug) {
            log.error("Handler failed api={} version={}", request.api().apiName(), request.version(), bug);
            fail(request, new ApiException(ErrorCode.UNKNOWN_SERVER_ERROR, "the broker failed"));
        }
        request.handled();
    }

    @SuppressWarnings("unchecked") // A handler's request type is its API's, and so is the decoded message's.
    private static <Q extends ApiMessage> void call(ApiHandler<Q> handler, DispatchedRequest request) {
        handler.handle((Q) request.message(), request);
    }

    private static void fail(DispatchedRequest request, ApiException error) {
        ApiMessage response = failed(request.handler(), request, error);
        if (response == null) {
            request.closeConnection(error.error() + ": " + error.getMessage());
        } else {
            request.respond(response);
        }
    }

    @SuppressWarnings("unchecked") // As in call.
    private static <Q extends ApiMessage> @org.jspecify.annotations.Nullable ApiMessage failed(
            ApiHandler<Q> handler, DispatchedRequest request, ApiException error) {
        return handler.failed((Q) request.message(), request.version(), error);
    }
}
