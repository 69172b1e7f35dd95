package dev.barnabas.protocol.record;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Checks what a producer sent for one partition before its leader appends it, and brings it into the form in which it is
 * stored: message format 2, the topic's compression, the topic's timestamp type. Offsets and leader epoch are not
 * touched: {@link ValidatedRecords#stamp} sets them on the partition's lane, while validation may run on any thread, for
 * partitions of one request in parallel, with a validator for each thread.
 *
 * <p>An uncompressed batch costs one pass of the checksum and one over the record headers, where it lies. A compressed
 * one is decompressed a window at a time, since keys, timestamps and offsets are to be checked, and stays as it is. Only
 * a batch that has to change is written anew: another codec, offsets that are not consecutive, an old message format.
 *
 * <p>Stricter than Apache Kafka in two things: Kafka does not hold the lengths of a compressed record's fields against
 * the record's length, and so stores batches that no consumer can read; and it leaves offsets of an uncompressed batch
 * that are not consecutive as they are, so that two records may share one.
 *
 * <p>What can be wrong, in the order of the checks:
 *
 * <table>
 * <caption>Checks</caption>
 * <tr><td>bytes that begin no batch, wrong CRC</td><td>CORRUPT_MESSAGE</td></tr>
 * <tr><td>Produce v3 and later: not exactly one batch of format 2</td><td>INVALID_RECORD</td></tr>
 * <tr><td>zstd before Produce v7; codec library missing</td><td>UNSUPPORTED_COMPRESSION_TYPE</td></tr>
 * <tr><td>base offset not 0, counts that contradict each other, a control batch, a negative sequence</td>
 *     <td>INVALID_RECORD</td></tr>
 * <tr><td>batch larger than max.message.bytes, before or after rewriting; decompressed larger than the limit</td>
 *     <td>MESSAGE_TOO_LARGE</td></tr>
 * <tr><td>records that are not what they say, null keys where the topic is compacted</td><td>INVALID_RECORD</td></tr>
 * <tr><td>timestamps out of range</td><td>INVALID_TIMESTAMP</td></tr>
 * <tr><td>unknown codec; compressed bytes that do not decompress</td><td>UNKNOWN_SERVER_ERROR</td></tr>
 * </table>
 */
public final class RecordBatchValidator {

    /** First Produce version whose partitions carry exactly one batch of message format 2 (KIP-98). */
    private static final int ONE_BATCH_VERSION = 3;

    /** First Produce version that may carry zstd (KIP-110). */
    private static final int ZSTD_VERSION = 7;

    private final ByteBufAllocator allocator;
    private final long decompressedBytesMax;
    private final CRC32C crc = new CRC32C();
    private final RecordBatches batches = new RecordBatches();
    private final RecordBatch batch = new RecordBatch();
    private final RecordCursor cursor;
    private final LegacyMessageCursor messages;
    private final RecordChecks checks = new RecordChecks();
    private final Map<Compression, Decompressor> decompressors = new EnumMap<>(Compression.class);

    /**
     * A validator for one thread at a time; holds nothing that must be closed.
     *
     * @param allocator of batches that are written anew
     * @param decompressedBytesMax bytes that the records of one batch may take when decompressed; {@link
     *     RecordCursor#DECOMPRESSED_BYTES_MAX} at most
     */
    public RecordBatchValidator(ByteBufAllocator allocator, long decompressedBytesMax) {
        this.allocator = allocator;
        this.decompressedBytesMax = Math.min(decompressedBytesMax, RecordCursor.DECOMPRESSED_BYTES_MAX);
        this.cursor = new RecordCursor(allocator, decompressedBytesMax);
        this.messages = new LegacyMessageCursor(allocator, decompressedBytesMax);
    }

    /**
     * Validates {@code records}' readable bytes, and may rewrite the timestamps and the checksum among them.
     *
     * @param produceVersion version of the request
     * @param nowMs the time to check timestamps against, and the append time
     * @return what to append, for the caller to stamp and release
     * @throws RecordErrorsException if records break the topic's rules
     * @throws ApiException if the batch as a whole is wrong
     */
    public ValidatedRecords validate(ByteBuf records, int produceVersion, ValidationConfig config, long nowMs) {
        try {
            batches.reset(records);
            if (!batches.next()) {
                if (produceVersion >= ONE_BATCH_VERSION) {
                    throw new InvalidRecordException("record batches: 0 (expected: 1)");
                }
                return ValidatedRecords.empty();
            }
            batch.wrap(records, batches.batch().index());
            checks.begin(config, nowMs);
            if (batch.magic() == RecordBatch.MAGIC_V2) {
                return validateBatch(records, produceVersion, config, nowMs);
            }
            if (produceVersion >= ONE_BATCH_VERSION) {
                throw new InvalidRecordException("batch magic: " + batch.magic() + " (expected: 2 in Produce v3)");
            }
            return convertMessages(records, config, nowMs);
        } finally {
            batches.clear();
            batch.unwrap();
            cursor.close();
            messages.close();
        }
    }

    private ValidatedRecords validateBatch(ByteBuf records, int produceVersion, ValidationConfig config, long nowMs) {
        if (produceVersion >= ONE_BATCH_VERSION
                && produceVersion < ZSTD_VERSION
                && batch.compressionId() == Compression.ZSTD.id()) {
            throw new UnsupportedCompressionException(
                    "compression: zstd in Produce v" + produceVersion + " (expected: v" + ZSTD_VERSION + " or later)");
        }
        if (batches.bytesLeft() > 0 && batches.next()) {
            throw new InvalidRecordException("record batches: more than 1 (expected: 1)");
        }
        int index = batch.index();
        int size = batch.sizeInBytes();
        if (batch.baseOffset() != 0) {
            throw new InvalidRecordException("base offset: " + batch.baseOffset() + " (expected: 0)");
        }
        checkSize(size, config);
        var bytes = records.nioBuffer(index, size);
        checkChecksum(bytes);
        checkHeader();
        var target = config.compression() == null ? batch.compression() : config.compression();
        checks.beginBatch(batch.timestampType());
        if (batch.compression() != target || !walk(bytes)) {
            return rewriteBatch(config, target, nowMs);
        }
        boolean isLogAppendTime = config.timestampType() == TimestampType.LOG_APPEND_TIME;
        long maxTimestamp = isLogAppendTime ? nowMs : checks.maxTimestamp();
        batch.setMaxTimestamp(config.timestampType(), maxTimestamp);
        return new ValidatedRecords(
                size == records.readableBytes() ? records : records.slice(index, size),
                false,
                checks.recordCount(),
                maxTimestamp,
                isLogAppendTime ? nowMs : RecordBatch.NO_TIMESTAMP);
    }

    private void checkChecksum(ByteBuffer bytes) {
        crc.reset();
        crc.update(bytes.position(RecordBatch.ATTRIBUTES_OFFSET));
        if (crc.getValue() != batch.checksum()) {
            throw new CorruptBatchException(
                    "batch checksum: " + batch.checksum() + " (expected: " + crc.getValue() + ")");
        }
    }

    private void checkHeader() {
        if (!Compression.isKnown(batch.compressionId())) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_SERVER_ERROR, "compression: " + batch.compressionId() + " (expected: 0-4)");
        }
        int count = batch.recordCount();
        if (count <= 0 || batch.lastOffsetDelta() != count - 1) {
            throw new InvalidRecordException("record count: " + count + ", last offset delta: "
                    + batch.lastOffsetDelta() + " (expected: at least 1, and one less)");
        }
        if (batch.isControl()) {
            throw new InvalidRecordException("control batch (expected: none from a client)");
        }
        if (batch.hasProducerId() && batch.baseSequence() < 0) {
            throw new InvalidRecordException("base sequence: " + batch.baseSequence() + " of producer "
                    + batch.producerId() + " (expected: at least 0)");
        }
    }

    /** Checks every record of {@link #batch}; returns whether their offsets are consecutive from the base offset on. */
    private boolean walk(ByteBuffer bytes) {
        boolean isConsecutive = batch.isCompressed() ? walkCompressed() : RecordWalk.throughPlain(batch, bytes, checks);
        checks.finish();
        return isConsecutive;
    }

    private boolean walkCompressed() {
        var in = decompressors.computeIfAbsent(
                batch.compression(), compression -> compression.newDecompressor(RecordBatch.MAGIC_V2));
        try {
            in.open(batch.buffer(), batch.recordsIndex(), batch.recordsSizeInBytes(), decompressedBytesMax);
            return RecordWalk.throughDecompressed(batch, in, checks);
        } finally {
            in.close();
        }
    }

    /** Writes {@link #batch} anew, with consecutive offsets, and checks the records on the way. */
    private ValidatedRecords rewriteBatch(ValidationConfig config, Compression target, long nowMs) {
        checks.begin(config, nowMs);
        checks.beginBatch(batch.timestampType());
        try (var builder = builder(config, target, nowMs)) {
            builder.producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence())
                    .transactional(batch.isTransactional());
            cursor.reset(batch);
            var record = cursor.record();
            while (cursor.next()) {
                checks.check(record.timestamp, record.keySize >= 0);
                builder.append(builder.recordCount(), record);
            }
            return finish(builder, target, config, nowMs);
        }
    }

    /** Converts a message set of format 0 or 1 to one batch. */
    private ValidatedRecords convertMessages(ByteBuf records, ValidationConfig config, long nowMs) {
        var source = checkMessages(records, config);
        var target = config.compression() == null ? source : config.compression();
        try (var builder = builder(config, target, nowMs)) {
            batches.reset(records);
            while (batches.next()) {
                messages.reset(records, batches.batch().index());
                checks.beginBatch(messages.timestampType());
                appendMessages(builder);
                checks.finish();
            }
            return finish(builder, target, config, nowMs);
        }
    }

    private void appendMessages(RecordBatchBuilder builder) {
        var record = messages.record();
        while (messages.next()) {
            checks.check(record.timestamp, record.keySize >= 0);
            builder.append(builder.recordCount(), record);
        }
    }

    /** Checks the outer messages, the first of which {@link #batches} stands on; returns how they are compressed. */
    private Compression checkMessages(ByteBuf records, ValidationConfig config) {
        byte magic = batch.magic();
        var source = Compression.NONE;
        int count = 0;
        do {
            int index = batches.batch().index();
            if (RecordBatch.magic(records, index) != magic) {
                throw new InvalidRecordException("message magic: " + RecordBatch.magic(records, index) + " (expected: "
                        + magic + ", as the first)");
            }
            checkSize(RecordBatch.sizeInBytes(records, index), config);
            if (!LegacyMessage.isChecksumValid(records, index)) {
                throw new CorruptBatchException("message checksum: wrong (expected: the CRC-32 of its bytes)");
            }
            int id = records.getByte(index + LegacyMessage.ATTRIBUTES_OFFSET) & RecordBatch.COMPRESSION_MASK;
            if (!Compression.isKnown(id)) {
                throw new ApiException(ErrorCode.UNKNOWN_SERVER_ERROR, "compression: " + id + " (expected: 0-3)");
            }
            source = id == 0 ? source : Compression.forId(id);
            count++;
        } while (batches.next());
        if (source != Compression.NONE && count > 1) {
            throw new InvalidRecordException("compressed message sets: " + count + " (expected: 1)");
        }
        return source;
    }

    private RecordBatchBuilder builder(ValidationConfig config, Compression target, long nowMs) {
        var builder = new RecordBatchBuilder(allocator);
        builder.compression(target, config.compression() == null ? target.levelDefault() : config.compressionLevel());
        return config.timestampType() == TimestampType.LOG_APPEND_TIME ? builder.logAppendTime(nowMs) : builder;
    }

    private ValidatedRecords finish(
            RecordBatchBuilder builder, Compression target, ValidationConfig config, long nowMs) {
        checks.finish();
        if (target != Compression.NONE && builder.sizeInBytes() - RecordBatch.HEADER_BYTES > decompressedBytesMax) {
            throw DecompressionException.tooLarge(decompressedBytesMax);
        }
        var rewritten = builder.build();
        try {
            checkSize(rewritten.readableBytes(), config);
        } catch (ApiException e) {
            rewritten.release();
            throw e;
        }
        boolean isLogAppendTime = config.timestampType() == TimestampType.LOG_APPEND_TIME;
        return new ValidatedRecords(
                rewritten,
                true,
                checks.recordCount(),
                isLogAppendTime ? nowMs : checks.maxTimestamp(),
                isLogAppendTime ? nowMs : RecordBatch.NO_TIMESTAMP);
    }

    private static void checkSize(int size, ValidationConfig config) {
        if (size > config.messageMaxBytes()) {
            throw new ApiException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "batch size: " + size + " (expected: at most " + config.messageMaxBytes() + ")");
        }
    }
}
