package dev.barnabas.protocol.record;

import java.nio.ByteBuffer;

/**
 * The way through a batch for one who wants no keys and no values, only {@link RecordChecks}: nothing is kept of a
 * record, and no more than its lengths are looked at. Every length must keep within what holds it, a record's fields
 * must fill it, and the counted records must fill the batch; what is otherwise is an {@link InvalidRecordException}.
 */
final class RecordWalk {

    private RecordWalk() {}

    /**
     * Walks through an uncompressed batch. The position of the next record is taken from this one's length, not from
     * where its fields end, though they must agree: so the processor reads ahead instead of waiting for each field.
     *
     * @param in the whole batch, from position 0 to the limit
     * @return whether the records' offsets are consecutive from the base offset on
     */
    static boolean throughPlain(RecordBatch batch, ByteBuffer in, RecordChecks checks) {
        boolean isLogAppendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
        long timestampBase = isLogAppendTime ? batch.maxTimestamp() : batch.baseTimestamp();
        try {
            return throughPlain(in, batch.recordCount(), isLogAppendTime, timestampBase, checks);
        } catch (IndexOutOfBoundsException e) {
            throw new InvalidRecordException("record: runs past the end of its batch (expected: to end within)");
        }
    }

    private static boolean throughPlain(
            ByteBuffer in, int count, boolean isLogAppendTime, long timestampBase, RecordChecks checks) {
        int end = in.limit();
        int at = RecordBatch.RECORDS_OFFSET;
        boolean isConsecutive = true;
        for (int i = 0; i < count; i++) {
            long length = Varints.read(in, at);
            int start = Varints.next(length);
            int recordEnd = start + checkSize(Varints.value(length), start, end);
            int timestampEnd = Varints.end(in, start + 1);
            long timestampDelta = isLogAppendTime ? 0 : Varints.longValue(in, start + 1, timestampEnd);
            long offsetDelta = Varints.read(in, timestampEnd);
            isConsecutive &= Varints.value(offsetDelta) == i;
            long key = Varints.read(in, Varints.next(offsetDelta));
            long value = Varints.read(in, fieldEnd(key, recordEnd));
            long headers = Varints.read(in, fieldEnd(value, recordEnd));
            int fieldsEnd = headersEnd(in, headers, recordEnd);
            if (fieldsEnd != recordEnd) {
                throw wrongLength(recordEnd - start, fieldsEnd - start);
            }
            checks.check(timestampBase + timestampDelta, Varints.value(key) >= 0);
            at = recordEnd;
        }
        if (at != end) {
            throw new InvalidRecordException("batch: " + (end - at) + " bytes after its last record (expected: 0)");
        }
        return isConsecutive;
    }

    /**
     * Walks through a compressed batch.
     *
     * @param in stands before the first record
     * @return whether the records' offsets are consecutive from the base offset on
     */
    static boolean throughDecompressed(RecordBatch batch, Decompressor in, RecordChecks checks) {
        boolean isLogAppendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
        long timestampBase = isLogAppendTime ? batch.maxTimestamp() : batch.baseTimestamp();
        int count = batch.recordCount();
        boolean isConsecutive = true;
        for (int i = 0; i < count; i++) {
            int length = in.readVarint();
            long start = in.bytesRead();
            in.skip(1);
            long timestampDelta = in.readVarlong();
            isConsecutive &= in.readVarint() == i;
            int keySize = in.readVarint();
            in.skip(keySize);
            in.skip(in.readVarint());
            skipHeaders(in);
            if (in.bytesRead() - start != length) {
                throw wrongLength(length, in.bytesRead() - start);
            }
            checks.check(isLogAppendTime ? timestampBase : timestampBase + timestampDelta, keySize >= 0);
        }
        if (!in.isAtEnd()) {
            throw new InvalidRecordException("batch: bytes after its last record (expected: none)");
        }
        return isConsecutive;
    }

    private static void skipHeaders(Decompressor in) {
        int count = in.readVarint();
        if (count < 0) {
            throw new InvalidRecordException("record headers: " + count + " (expected: at least 0)");
        }
        for (int i = 0; i < count; i++) {
            int keySize = in.readVarint();
            if (keySize < 0) {
                throw new InvalidRecordException("header key length: " + keySize + " (expected: at least 0)");
            }
            in.skip(keySize);
            in.skip(in.readVarint());
        }
    }

    /** Where the field ends whose length {@code size} is, as {@link Varints#read} found it; a negative one means null. */
    static int fieldEnd(long size, int recordEnd) {
        return Varints.next(size) + Math.max(checkSize(Varints.value(size), Varints.next(size), recordEnd), 0);
    }

    /** Where the headers end whose number {@code count} is, as {@link Varints#read} found it. */
    static int headersEnd(ByteBuffer in, long count, int recordEnd) {
        int start = Varints.next(count);
        return Varints.value(count) == 0 ? start : headersEnd(in, Varints.value(count), start, recordEnd);
    }

    private static int headersEnd(ByteBuffer in, int count, int start, int recordEnd) {
        if (count < 0 || count > recordEnd - start) {
            throw new InvalidRecordException("record headers: " + count + " (expected: 0-" + (recordEnd - start) + ")");
        }
        int at = start;
        for (int i = 0; i < count; i++) {
            long key = Varints.read(in, at);
            if (Varints.value(key) < 0) {
                throw new InvalidRecordException(
                        "header key length: " + Varints.value(key) + " (expected: at least 0)");
            }
            at = fieldEnd(Varints.read(in, fieldEnd(key, recordEnd)), recordEnd);
        }
        return at;
    }

    /** The size of something that begins at {@code at}, if it ends at {@code limit} or before. */
    static int checkSize(int size, int at, int limit) {
        if (size > limit - at) {
            throw new InvalidRecordException("length: " + size + " (expected: at most " + (limit - at) + ")");
        }
        return size;
    }

    static InvalidRecordException wrongLength(long length, long fieldsLength) {
        return new InvalidRecordException(
                "record length: " + length + " (expected: " + fieldsLength + ", which its fields take)");
    }
}
