package dev.barnabas.broker.spi;

import dev.barnabas.protocol.ErrorCode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** What an interceptor wants done with a request. Immutable. */
public sealed interface Verdict {

    /** The next interceptor, and after the last the broker, gets it. */
    static Verdict proceed() {
        return Proceed.INSTANCE;
    }

    /** As {@link #proceed}, after a while. Requests behind it on the same connection wait, too. */
    static Verdict delay(Duration delay) {
        return new Delay(delay);
    }

    /** As {@link #proceed}, once {@code stage} has completed, in whichever way. */
    static Verdict holdUntil(CompletionStage<?> stage) {
        return new Hold(stage);
    }

    /** The broker never sees it; the client is answered with {@code error} wherever the response has room for one. */
    static Verdict fail(ErrorCode error) {
        return new Fail(error);
    }

    /** The broker never sees it, and the connection is closed. */
    static Verdict disconnect() {
        return Disconnect.INSTANCE;
    }

    /** See {@link #proceed()}. */
    enum Proceed implements Verdict {
        INSTANCE
    }

    /** See {@link #delay(Duration)}. */
    record Delay(Duration delay) implements Verdict {
        public Delay {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay: " + delay + " (expected: not negative)");
            }
        }
    }

    /** See {@link #holdUntil(CompletionStage)}. */
    record Hold(CompletionStage<?> stage) implements Verdict {
        public Hold {
            Objects.requireNonNull(stage, "stage");
        }
    }

    /** See {@link #fail(ErrorCode)}. */
    record Fail(ErrorCode error) implements Verdict {
        public Fail {
            Objects.requireNonNull(error, "error");
        }
    }

    /** See {@link #disconnect()}. */
    enum Disconnect implements Verdict {
        INSTANCE
    }
}
