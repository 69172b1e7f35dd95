package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Records that {@link RecordBatchValidator} found fit to append: one batch of message format 2, or nothing. Its bytes
 * are those that were validated, in place, or new ones, if the batch had to be rewritten. Whoever validates calls
 * {@link #release()} when the bytes have been appended or given up; the validated request must stay until then.
 */
public final class ValidatedRecords {

    private static final ValidatedRecords EMPTY =
            new ValidatedRecords(Unpooled.EMPTY_BUFFER, false, 0, RecordBatch.NO_TIMESTAMP, RecordBatch.NO_TIMESTAMP);

    private final ByteBuf records;
    private final boolean isRewritten;
    private final int recordCount;
    private final long maxTimestamp;
    private final long logAppendTimeMs;

    ValidatedRecords(ByteBuf records, boolean isRewritten, int recordCount, long maxTimestamp, long logAppendTimeMs) {
        this.records = records;
        this.isRewritten = isRewritten;
        this.recordCount = recordCount;
        this.maxTimestamp = maxTimestamp;
        this.logAppendTimeMs = logAppendTimeMs;
    }

    static ValidatedRecords empty() {
        return EMPTY;
    }

    /** Whether there is nothing to append: only a message set of Produce v0 to v2 may be empty. */
    public boolean isEmpty() {
        return recordCount == 0;
    }

    /** The batch: exactly the readable bytes. Borrowed; valid until {@link #release()}. */
    public ByteBuf records() {
        return records;
    }

    /** Length of the batch in bytes. */
    public int sizeInBytes() {
        return records.readableBytes();
    }

    /** Whether the bytes are not those that were validated: recompressed, or converted from an old message format. */
    public boolean isRewritten() {
        return isRewritten;
    }

    /** Records in the batch, which is as many as offsets. */
    public int recordCount() {
        return recordCount;
    }

    /** The largest timestamp in ms; the append time if the topic has LogAppendTime. The batch's last offset has it. */
    public long maxTimestamp() {
        return maxTimestamp;
    }

    /** The append time in ms that the response tells, or {@link RecordBatch#NO_TIMESTAMP} if the topic has CreateTime. */
    public long logAppendTimeMs() {
        return logAppendTimeMs;
    }

    /**
     * Gives the records their place in the log: twelve bytes, outside the checksum.
     *
     * @return the offset after the last record
     */
    public long stamp(long baseOffset, int leaderEpoch) {
        if (recordCount > 0) {
            int index = records.readerIndex();
            records.setLong(index + RecordBatch.BASE_OFFSET_OFFSET, baseOffset);
            records.setInt(index + RecordBatch.PARTITION_LEADER_EPOCH_OFFSET, leaderEpoch);
        }
        return baseOffset + recordCount;
    }

    /** Frees the bytes if they are not the request's own. Call once. */
    public void release() {
        if (isRewritten) {
            records.release();
        }
    }
}
