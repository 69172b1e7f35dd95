package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Converts batches for consumers that do not know their format: to message format 1 for Fetch v2 and v3, to format 0
 * for v0 and v1. Headers, producer ids and control batches are dropped; offsets and timestamps stay (format 0 has no
 * timestamps). Records of a compressed batch go into one wrapper of the same codec; those of an uncompressed one become
 * messages of their own, and those below the fetch offset are left out, on which some consumers rely. What is in the
 * old format already is copied. Reusable; one thread at a time.
 */
public final class RecordDownConverter implements AutoCloseable {

    /** First version of Fetch whose consumers take batches as they are stored (KIP-98). */
    public static final int FIRST_FORMAT_2_FETCH_VERSION = 4;

    private final ByteBufAllocator allocator;
    private final RecordBatches batches = new RecordBatches();
    private final RecordCursor records;
    private final LegacyMessageCursor messages;

    /**
     * A converter.
     *
     * @param allocator of what is returned, and of copies in between
     * @param decompressedBytesMax bytes that the records of one batch may take when decompressed
     */
    public RecordDownConverter(ByteBufAllocator allocator, long decompressedBytesMax) {
        this.allocator = allocator;
        this.records = new RecordCursor(allocator, decompressedBytesMax);
        this.messages = new LegacyMessageCursor(allocator, decompressedBytesMax);
    }

    /**
     * The converted form of the whole batches among {@code in}'s readable bytes; what is left of a truncated last one is
     * dropped. The caller releases it.
     *
     * @param toMagic 0 or 1
     * @param fetchOffset the offset that the consumer asked for
     * @throws UnsupportedCompressionException if a batch is compressed by zstd, which the old formats cannot say, or if
     *     the codec's library is missing
     * @throws dev.barnabas.protocol.ApiException if the bytes are no batches or their records broken
     */
    public ByteBuf convert(ByteBuf in, byte toMagic, long fetchOffset) {
        if (toMagic != RecordBatch.MAGIC_V0 && toMagic != RecordBatch.MAGIC_V1) {
            throw new IllegalArgumentException("magic: " + toMagic + " (expected: 0, 1)");
        }
        var out = allocator.buffer(Math.max(in.readableBytes(), 64));
        try {
            batches.reset(in);
            while (batches.next()) {
                convertBatch(batches.batch(), toMagic, fetchOffset, out);
            }
            return out;
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        } finally {
            batches.clear();
            records.close();
            messages.close();
        }
    }

    @Override
    public void close() {
        records.close();
        messages.close();
    }

    private void convertBatch(RecordBatch batch, byte toMagic, long fetchOffset, ByteBuf out) {
        byte magic = batch.magic();
        if (magic <= toMagic) {
            out.writeBytes(batch.buffer(), batch.index(), batch.sizeInBytes());
        } else if (magic == RecordBatch.MAGIC_V1) {
            convertMessage(batch, toMagic, fetchOffset, out);
        } else if (!batch.isControl()) {
            convertRecords(batch, toMagic, fetchOffset, out);
        }
    }

    private void convertRecords(RecordBatch batch, byte toMagic, long fetchOffset, ByteBuf out) {
        var compression = batch.compression();
        if (compression == Compression.ZSTD) {
            throw new UnsupportedCompressionException("compression: zstd (expected: a codec of message format "
                    + toMagic + "; consumers need Fetch v10 or later)");
        }
        records.reset(batch);
        var set = new MessageSet(out, toMagic, compression, batch.timestampType(), fetchOffset);
        try {
            while (records.next()) {
                set.add(records.record());
            }
            set.finish();
        } finally {
            set.release();
        }
    }

    private void convertMessage(RecordBatch message, byte toMagic, long fetchOffset, ByteBuf out) {
        messages.reset(message.buffer(), message.index());
        var compression = Compression.forId(message.buffer().getByte(message.index() + LegacyMessage.ATTRIBUTES_OFFSET)
                & RecordBatch.COMPRESSION_MASK);
        var set = new MessageSet(out, toMagic, compression, messages.timestampType(), fetchOffset);
        try {
            while (messages.next()) {
                set.add(messages.record());
            }
            set.finish();
        } finally {
            set.release();
        }
    }

    /** The records of one batch on their way into {@code out}: one by one, or into a wrapper that ends them. */
    private final class MessageSet {

        private final ByteBuf out;
        private final byte magic;
        private final Compression compression;
        private final TimestampType timestampType;
        private final long fetchOffset;
        private final ByteBuf inner;
        private long baseOffset = -1;
        private long lastOffset = -1;
        private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

        MessageSet(ByteBuf out, byte magic, Compression compression, TimestampType timestampType, long fetchOffset) {
            this.out = out;
            this.magic = magic;
            this.compression = compression;
            this.timestampType = timestampType;
            this.fetchOffset = fetchOffset;
            this.inner = isWrapped() ? allocator.buffer() : out;
        }

        void add(Record record) {
            if (!isWrapped() && record.offset() < fetchOffset) {
                return;
            }
            if (baseOffset < 0) {
                baseOffset = record.offset();
            }
            lastOffset = record.offset();
            maxTimestamp = Math.max(maxTimestamp, record.timestamp());
            long offset = isWrapped() && magic == RecordBatch.MAGIC_V1 ? lastOffset - baseOffset : lastOffset;
            LegacyMessage.write(inner, magic, offset, timestampType, record.timestamp(), record.key(), record.value());
        }

        void finish() {
            if (isWrapped() && lastOffset >= 0) {
                LegacyMessage.writeWrapper(out, magic, lastOffset, timestampType, maxTimestamp, compression, inner);
            }
        }

        void release() {
            if (isWrapped()) {
                inner.release();
            }
        }

        private boolean isWrapped() {
            return compression != Compression.NONE;
        }
    }
}
