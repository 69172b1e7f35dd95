package dev.barnabas.storage;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;

/**
 * A bug, or a lack of memory, kept an append from the log, which goes on as if it had not been tried. Clients are told
 * UNKNOWN_SERVER_ERROR; who appends is to report the cause, as nobody else does.
 */
public final class AppendFailedException extends ApiException {
    private static final long serialVersionUID = 1L;

    public AppendFailedException(String message, Throwable cause) {
        super(ErrorCode.UNKNOWN_SERVER_ERROR, message, cause);
    }
}
