package dev.barnabas.protocol.wire;

/** Bytes that are no message of the expected type and version. The peer's mistake, so it carries no stack trace. */
public class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message in the form {@code name: value (expected: ...)} */
    public MalformedMessageException(String message) {
        super(message, null, false, false);
    }
}
