package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A cursor over batches that lie back to back, as in a segment file, a fetch response or a produce request. It yields
 * only batches that lie whole within the bytes, of any message format, and stops before a truncated one, which is what
 * the end of a fetch response may look like:
 *
 * <pre>{@code
 * var batches = new RecordBatches().reset(buffer);
 * while (batches.next()) {
 *     use(batches.batch());
 * }
 * int leftOver = batches.bytesLeft();
 * }</pre>
 *
 * <p>Reusable, allocates nothing, neither moves the buffer's indices nor retains it, belongs to one thread at a time.
 */
public final class RecordBatches {

    /** A message of format 0 without key and value: no batch of any format has a smaller length field. */
    private static final int LENGTH_MIN = 14;

    private final RecordBatch batch = new RecordBatch();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int position;
    private int end;

    /** Starts at the first of {@code buffer}'s readable bytes. */
    public RecordBatches reset(ByteBuf buffer) {
        return reset(buffer, buffer.readerIndex(), buffer.readableBytes());
    }

    /** Starts at the first of {@code records}' bytes. */
    public RecordBatches reset(ByteBufRecords records) {
        return reset(records.buffer());
    }

    /** Starts at absolute position {@code index} of {@code buffer}; goes no further than {@code length} bytes. */
    public RecordBatches reset(ByteBuf buffer, int index, int length) {
        if (index < 0 || length < 0 || index > buffer.writerIndex() - length) {
            throw new IndexOutOfBoundsException(
                    "range: " + index + "+" + length + " (expected: within 0.." + buffer.writerIndex() + ")");
        }
        this.buffer = buffer;
        this.position = index;
        this.end = index + length;
        batch.unwrap();
        return this;
    }

    /** Lets go of the buffer. */
    public void clear() {
        reset(Unpooled.EMPTY_BUFFER);
    }

    /**
     * Moves to the next batch; {@code false} if no whole one is left.
     *
     * @throws CorruptBatchException if the bytes there cannot be the beginning of a batch
     */
    public boolean next() {
        int left = end - position;
        if (left < RecordBatch.LOG_OVERHEAD_BYTES) {
            return false;
        }
        int length = buffer.getInt(position + RecordBatch.LENGTH_OFFSET);
        if (length < LENGTH_MIN) {
            throw new CorruptBatchException("batch length: " + length + " (expected: at least " + LENGTH_MIN + ")");
        }
        if (left < RecordBatch.BYTES_UP_TO_MAGIC) {
            return false;
        }
        byte magic = RecordBatch.magic(buffer, position);
        if (magic < RecordBatch.MAGIC_V0 || magic > RecordBatch.MAGIC_V2) {
            throw new CorruptBatchException("batch magic: " + magic + " (expected: 0-2)");
        }
        if (magic == RecordBatch.MAGIC_V2 && length < RecordBatch.HEADER_BYTES - RecordBatch.LOG_OVERHEAD_BYTES) {
            throw new CorruptBatchException("batch length: " + length + " (expected: at least "
                    + (RecordBatch.HEADER_BYTES - RecordBatch.LOG_OVERHEAD_BYTES) + " for magic 2)");
        }
        if (length > left - RecordBatch.LOG_OVERHEAD_BYTES) {
            return false;
        }
        batch.wrap(buffer, position);
        position += RecordBatch.LOG_OVERHEAD_BYTES + length;
        return true;
    }

    /** The batch that {@link #next()} moved to: the same view each time, valid until the next move. */
    public RecordBatch batch() {
        return batch;
    }

    /** Bytes behind the current batch: those of a truncated batch once {@link #next()} has returned {@code false}. */
    public int bytesLeft() {
        return end - position;
    }
}
