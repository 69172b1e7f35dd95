package dev.barnabas.broker;

import org.jspecify.annotations.Nullable;

/** A broker could not be started: a taken port, a locked directory, a disk that fails. The message says what to do. */
public class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
