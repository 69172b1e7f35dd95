package dev.barnabas.broker.internal.net;

/** A length that no frame may have. The peer's mistake, so it carries no stack trace. */
final class FrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FrameException(String message) {
        super(message, null, false, false);
    }
}
