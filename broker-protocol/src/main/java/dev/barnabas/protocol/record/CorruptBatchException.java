package dev.barnabas.protocol.record;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;

/**
 * Bytes that are no record batch: a wrong size, an unknown message format, a checksum that does not match. A client
 * that sent them is answered CORRUPT_MESSAGE; a log that holds them is truncated there by recovery.
 */
public final class CorruptBatchException extends ApiException {

    private static final long serialVersionUID = 1L;

    public CorruptBatchException(String message) {
        super(ErrorCode.CORRUPT_MESSAGE, message);
    }
}
