package dev.barnabas.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A request cannot be served, and the client is to be told so with an error code. The client's mistake or the
 * environment's, never ours: it carries no stack trace.
 */
public class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    public ApiException(ErrorCode error, String message) {
        this(error, message, null);
    }

    /** For the environment's failures: {@code cause} says where it was met. */
    protected ApiException(ErrorCode error, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.error = error;
    }

    /** Kafka's code for the answer. */
    public ErrorCode error() {
        return error;
    }
}
