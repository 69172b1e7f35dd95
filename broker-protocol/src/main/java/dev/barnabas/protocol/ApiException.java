package dev.barnabas.protocol;

/**
 * A request cannot be served, and the client is to be told so with an error code. The client's mistake or the
 * environment's, never ours: it carries no stack trace.
 */
public class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    public ApiException(ErrorCode error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    /** Kafka's code for the answer. */
    public ErrorCode error() {
        return error;
    }
}
