package dev.barnabas.protocol.record;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;

/** A batch whose checksum is right and whose records are wrong: its maker wrote nonsense. Answered INVALID_RECORD. */
public final class InvalidRecordException extends ApiException {

    private static final long serialVersionUID = 1L;

    public InvalidRecordException(String message) {
        super(ErrorCode.INVALID_RECORD, message);
    }
}
