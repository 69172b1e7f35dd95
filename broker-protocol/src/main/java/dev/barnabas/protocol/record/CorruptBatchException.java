package dev.barnabas.protocol.record;

/**
 * Bytes that are no record batch: a wrong size, an unknown message format, a checksum that does not match. A client
 * that sent them is answered CORRUPT_MESSAGE; a log that holds them is truncated there by recovery. Carries no stack
 * trace: the bytes are at fault, not the code.
 */
public class CorruptBatchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CorruptBatchException(String message) {
        super(message, null, false, false);
    }
}
