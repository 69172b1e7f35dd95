package dev.barnabas.storage;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;

/** The disk failed or the directory is offline. Clients are told KAFKA_STORAGE_ERROR. */
public class StorageException extends ApiException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message, Throwable cause) {
        super(ErrorCode.KAFKA_STORAGE_ERROR, message, cause);
    }

    public StorageException(String message) {
        super(ErrorCode.KAFKA_STORAGE_ERROR, message);
    }
}
