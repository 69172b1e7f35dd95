package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.request.ConversionMemory;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordCursor;
import dev.barnabas.protocol.record.RecordDownConverter;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Brings stored batches into the form that a consumer's version of Fetch knows: message format 0 for 0 and 1, 1 for 2 and
 * 3, neither of which can say zstd. From 4 on batches pass untouched, zstd included, as Apache Kafka 4 lets them. Any
 * thread.
 */
final class RecordAdapter {

    private static final int FIRST_FORMAT_1_VERSION = 2;
    private static final int FIRST_WHOLE_BATCH_VERSION = 3;

    private final ByteBufAllocator allocator;

    RecordAdapter(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Whether batches may have to be converted for a version of Fetch. */
    static boolean converts(int fetchVersion) {
        return fetchVersion < RecordDownConverter.FIRST_FORMAT_2_FETCH_VERSION;
    }

    /**
     * Takes over {@code slice}, and gives what to send for it: no records if it has to be converted and there is no memory
     * for that. Consumers then ask again, and wait for memory before they are served.
     *
     * @param maxBytes of the consumer for the partition
     * @throws ApiException UNSUPPORTED_COMPRESSION_TYPE, MESSAGE_TOO_LARGE if a batch takes too much memory when
     *     decompressed, or CORRUPT_MESSAGE if the log is; the slice is released
     */
    Records adapt(RecordSlice slice, long fetchOffset, int maxBytes, RequestContext context) {
        int version = context.version();
        if (!converts(version) || slice.sizeInBytes() == 0) {
            return slice;
        }
        ConversionMemory memory = context.conversionMemory();
        if (memory.isScarce()) {
            slice.release();
            return FetchOperation.NO_RECORDS;
        }
        ByteBuf bytes = allocator.buffer(slice.sizeInBytes());
        try {
            slice.writeTo(bytes);
            return ConvertedRecords.chargedTo(memory, convert(bytes, version, fetchOffset, maxBytes));
        } finally {
            bytes.release();
            slice.release();
        }
    }

    private ByteBuf convert(ByteBuf bytes, int fetchVersion, long fetchOffset, int maxBytes) {
        byte magic = fetchVersion < FIRST_FORMAT_1_VERSION ? RecordBatch.MAGIC_V0 : RecordBatch.MAGIC_V1;
        try (var converter = new RecordDownConverter(allocator, RecordCursor.DECOMPRESSED_BYTES_MAX)) {
            ByteBuf converted = converter.convert(bytes, magic, fetchOffset);
            // These consumers know by a message cut short that their limit is too small for it.
            return fetchVersion < FIRST_WHOLE_BATCH_VERSION && converted.readableBytes() > maxBytes
                    ? converted.writerIndex(converted.readerIndex() + maxBytes)
                    : converted;
        }
    }
}
