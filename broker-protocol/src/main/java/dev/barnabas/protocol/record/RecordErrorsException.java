package dev.barnabas.protocol.record;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import java.util.List;

/** A batch some of whose records break the topic's rules: INVALID_TIMESTAMP if a timestamp does, else INVALID_RECORD. */
public final class RecordErrorsException extends ApiException {

    private static final long serialVersionUID = 1L;

    private final transient List<RecordError> recordErrors;

    RecordErrorsException(ErrorCode error, String message, List<RecordError> recordErrors) {
        super(error, message);
        this.recordErrors = List.copyOf(recordErrors);
    }

    /** The wrong records in order; the first {@value RecordChecks#ERRORS_MAX} if there are more. */
    public List<RecordError> recordErrors() {
        return recordErrors;
    }
}
