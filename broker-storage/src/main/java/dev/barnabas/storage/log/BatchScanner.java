package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.CorruptBatchException;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.file.BlockFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * Walks over the batches of a file from one of them to {@code end}, reading a chunk at a time. A batch's header is always
 * in memory; the rest is read on demand, and never more of it at once than a chunk, whatever length the batch claims.
 */
final class BatchScanner implements AutoCloseable {
    /** Chunk for finding one batch by its header. */
    static final int LOOKUP_CHUNK_BYTES = 4096;
    /** Chunk for reading a segment from end to end. */
    static final int SEQUENTIAL_CHUNK_BYTES = 256 * 1024;

    private final BlockFile file;
    private final int end;
    private final ByteBuf chunk;
    private final int chunkBytes;
    private final RecordBatch batch = new RecordBatch();
    private int chunkStart;
    private int position;
    private int size;

    BatchScanner(ByteBufAllocator allocator, BlockFile file, int from, int end, int chunkBytes) {
        this.file = file;
        this.end = end;
        this.chunkBytes = Math.min(chunkBytes, Math.max(RecordBatch.HEADER_BYTES, end - from));
        this.chunk = allocator.directBuffer(this.chunkBytes, this.chunkBytes);
        this.position = from;
        this.chunkStart = from;
    }

    /**
     * Moves to the next batch.
     *
     * @return false if nothing is left
     * @throws CorruptBatchException if what is left does not begin with a whole batch of format 2
     */
    boolean next() throws IOException {
        position += size;
        size = 0;
        int left = end - position;
        if (left == 0) {
            return false;
        }
        if (left < RecordBatch.HEADER_BYTES) {
            throw new CorruptBatchException(
                    "bytes left: " + left + " (expected: at least " + RecordBatch.HEADER_BYTES + ")");
        }
        load(RecordBatch.HEADER_BYTES);
        batch.wrap(chunk, position - chunkStart);
        if (batch.magic() != RecordBatch.MAGIC_V2) {
            throw new CorruptBatchException("batch magic: " + batch.magic() + " (expected: 2)");
        }
        int claimed = batch.sizeInBytes();
        if (claimed < RecordBatch.HEADER_BYTES || claimed > left) {
            throw new CorruptBatchException("batch bytes: " + claimed + " (expected: " + RecordBatch.HEADER_BYTES
                    + " to the " + left + " that are left)");
        }
        size = claimed;
        return true;
    }

    /** The batch that {@link #next} moved to; beyond its header it is readable only after {@link #loadWhole}. */
    RecordBatch batch() {
        return batch;
    }

    /** Where the current batch begins, or, when nothing is left, the end. */
    int position() {
        return position;
    }

    BatchPosition batchPosition() {
        return new BatchPosition(batch.baseOffset(), position, size);
    }

    /** Whether the checksum in the header is that of the batch's bytes. */
    boolean isChecksumValid() throws IOException {
        if (size <= chunkBytes) {
            load(size);
            return batch.isChecksumValid();
        }
        return batch.checksum() == streamedChecksum();
    }

    private long streamedChecksum() throws IOException {
        int expectedBytes = size - RecordBatch.ATTRIBUTES_OFFSET;
        var crc = new CRC32C();
        var part = chunk.alloc().directBuffer(chunkBytes, chunkBytes);
        try {
            int done = 0;
            while (done < expectedBytes) {
                int count = Math.min(chunkBytes, expectedBytes - done);
                part.clear();
                readFully(part, position + RecordBatch.ATTRIBUTES_OFFSET + done, count);
                crc.update(part.nioBuffer());
                done += count;
            }
        } finally {
            part.release();
        }
        return crc.getValue();
    }

    /**
     * A buffer of its own with the whole batch, to be released by the caller. Its length is that of data which the caller
     * has reason to trust.
     */
    ByteBuf copy() throws IOException {
        var whole = chunk.alloc().buffer(size, size);
        try {
            readFully(whole, position, size);
            return whole;
        } catch (IOException | RuntimeException e) {
            whole.release();
            throw e;
        }
    }

    /** Makes the whole of a batch no larger than the chunk readable, as control batches are. */
    void loadWhole() throws IOException {
        if (size > chunkBytes) {
            throw new CorruptBatchException("control batch bytes: " + size + " (expected: at most " + chunkBytes + ")");
        }
        load(size);
    }

    private void load(int bytes) throws IOException {
        if (position < chunkStart || position + bytes > chunkStart + chunk.writerIndex()) {
            chunk.clear();
            chunkStart = position;
            readFully(chunk, position, Math.min(chunkBytes, end - position));
        }
        batch.wrap(chunk, position - chunkStart);
    }

    private void readFully(ByteBuf target, long from, int length) throws IOException {
        int count = file.read(target, from, length);
        if (count < length) {
            throw new CorruptBatchException("file bytes: " + (from + count) + " (expected: " + (from + length) + ")");
        }
    }

    @Override
    public void close() {
        batch.unwrap();
        chunk.release();
    }
}
