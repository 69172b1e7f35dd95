package dev.barnabas.storage.log;

/** The bytes are no index of that segment. The index is built anew from the records. */
final class CorruptIndexException extends Exception {
    private static final long serialVersionUID = 1L;

    CorruptIndexException(String message) {
        super(message, null, false, false);
    }
}
