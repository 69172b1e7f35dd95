package dev.barnabas.protocol.record;

import dev.barnabas.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each record of a batch is checked for, and what is learnt of the batch on the way: {@link #begin}, once
 * {@link #check} per record in order, {@link #finish}.
 */
final class RecordChecks {

    /** Wrong records that are told to the producer one by one; so many that each gets an answer in practice. */
    static final int ERRORS_MAX = 1_000;

    private static final int ERRORS_IN_MESSAGE_MAX = 3;

    private ValidationConfig config = ValidationConfig.defaults();
    private long nowMs;
    private boolean isBatchLogAppendTime;
    private int recordCount;
    private long maxTimestamp;
    private int errorCount;
    private boolean hasTimestampError;
    private @Nullable List<RecordError> errors;

    void begin(ValidationConfig config, long nowMs) {
        this.config = config;
        this.nowMs = nowMs;
        this.recordCount = 0;
        this.maxTimestamp = RecordBatch.NO_TIMESTAMP;
        this.errorCount = 0;
        this.hasTimestampError = false;
        this.errors = null;
        this.isBatchLogAppendTime = false;
    }

    /** Tells the timestamp type that the producer gave to the records to come. */
    void beginBatch(TimestampType timestampType) {
        isBatchLogAppendTime = timestampType == TimestampType.LOG_APPEND_TIME;
    }

    /** Checks the next record. */
    void check(long timestamp, boolean hasKey) {
        int index = recordCount++;
        if (config.compacted() && !hasKey) {
            addError(index, "key: null (expected: one, the topic is compacted)");
        } else if (config.timestampType() == TimestampType.CREATE_TIME && timestamp != RecordBatch.NO_TIMESTAMP) {
            checkCreateTime(index, timestamp);
        } else if (isBatchLogAppendTime) {
            hasTimestampError = true;
            addError(index, "timestamp type: LogAppendTime (expected: CreateTime from a producer)");
        }
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
        }
    }

    /**
     * Ends the batch.
     *
     * @throws RecordErrorsException if a record was wrong
     */
    void finish() {
        if (errors == null) {
            return;
        }
        if (hasTimestampError) {
            throw new RecordErrorsException(
                    ErrorCode.INVALID_TIMESTAMP, "records with an invalid timestamp: see the record errors", errors);
        }
        var first = errors.subList(0, Math.min(errors.size(), ERRORS_IN_MESSAGE_MAX));
        throw new RecordErrorsException(
                ErrorCode.INVALID_RECORD, "invalid records: " + errorCount + ", of which " + first, errors);
    }

    int recordCount() {
        return recordCount;
    }

    /** The largest timestamp in ms. */
    long maxTimestamp() {
        return maxTimestamp;
    }

    private void checkCreateTime(int index, long timestamp) {
        long ageMs = nowMs - timestamp;
        if (ageMs > config.timestampBeforeMaxMs() || -ageMs > config.timestampAfterMaxMs()) {
            hasTimestampError = true;
            addError(
                    index,
                    "timestamp: " + timestamp + " (expected: " + (nowMs - config.timestampBeforeMaxMs()) + "-"
                            + (nowMs + config.timestampAfterMaxMs()) + ")");
        }
    }

    private void addError(int index, String message) {
        if (errors == null) {
            errors = new ArrayList<>();
        }
        errorCount++;
        if (errors.size() < ERRORS_MAX) {
            errors.add(new RecordError(index, message));
        }
    }
}
