package dev.barnabas.protocol.record;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;

/**
 * Compressed bytes that do not decompress (UNKNOWN_SERVER_ERROR, as Apache Kafka answers), or decompress to more than
 * the limit (MESSAGE_TOO_LARGE, upon which producers split the batch).
 */
public final class DecompressionException extends ApiException {

    private static final long serialVersionUID = 1L;

    private DecompressionException(ErrorCode error, String message) {
        super(error, message);
    }

    static DecompressionException broken(String reason) {
        return new DecompressionException(ErrorCode.UNKNOWN_SERVER_ERROR, "compressed records: " + reason);
    }

    static DecompressionException tooLarge(long bytesMax) {
        return new DecompressionException(
                ErrorCode.MESSAGE_TOO_LARGE,
                "decompressed records: more than " + bytesMax + " bytes (expected: at most " + bytesMax + ")");
    }
}
