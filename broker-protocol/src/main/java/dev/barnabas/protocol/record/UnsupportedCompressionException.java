package dev.barnabas.protocol.record;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;

/**
 * A codec that cannot be used here: its library is missing, or the message format or request version has no such codec.
 * Answered UNSUPPORTED_COMPRESSION_TYPE.
 */
public final class UnsupportedCompressionException extends ApiException {

    private static final long serialVersionUID = 1L;

    public UnsupportedCompressionException(String message) {
        super(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, message);
    }
}
