package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record of a batch, seen in place: what {@link RecordCursor} stands on. Its slices share the bytes of the batch,
 * or of the cursor's decompressed copy, without holding a reference count, and are valid until the cursor moves on to
 * another batch or closes; the record itself changes with the cursor's next step.
 *
 * <pre>
 * length          varint   bytes after this field
 * attributes      i8       unused
 * timestampDelta  varlong  adds to the batch's base timestamp
 * offsetDelta     varint   adds to the batch's base offset
 * key             varint length, -1 for null; bytes
 * value           varint length, -1 for null; bytes
 * headers         varint count; per header: key varint length, UTF-8; value varint length, -1 for null, bytes
 * </pre>
 *
 * <p>A message of formats 0 and 1 is a record without headers.
 */
public final class Record {

    ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    long offset;
    long timestamp;
    long baseOffset;
    int baseSequence;
    int keyIndex;
    /** As written: any negative size is null. */
    int keySize;

    int valueIndex;
    int valueSize;
    int headersIndex;
    int headersEnd;
    int headerCount;

    Record() {}

    public long offset() {
        return offset;
    }

    /** In ms; the batch's append time if its type is LogAppendTime; {@link RecordBatch#NO_TIMESTAMP} if it has none. */
    public long timestamp() {
        return timestamp;
    }

    /** The producer's sequence number, or {@link RecordBatch#NO_SEQUENCE}. */
    public int sequence() {
        return baseSequence < 0
                ? RecordBatch.NO_SEQUENCE
                : (int) (baseSequence + offset - baseOffset) & Integer.MAX_VALUE;
    }

    public boolean hasKey() {
        return keySize >= 0;
    }

    /** Length of the key in bytes, -1 if it is null. */
    public int keySize() {
        return Math.max(keySize, -1);
    }

    /** The key as a slice, or null. */
    public @Nullable ByteBuf key() {
        return slice(keyIndex, keySize);
    }

    /** A copy of the key, or null. */
    public byte @Nullable [] keyBytes() {
        return copy(keyIndex, keySize);
    }

    public boolean hasValue() {
        return valueSize >= 0;
    }

    /** Length of the value in bytes, -1 if it is null. */
    public int valueSize() {
        return Math.max(valueSize, -1);
    }

    /** The value as a slice, or null. */
    public @Nullable ByteBuf value() {
        return slice(valueIndex, valueSize);
    }

    /** A copy of the value, or null. */
    public byte @Nullable [] valueBytes() {
        return copy(valueIndex, valueSize);
    }

    public int headerCount() {
        return headerCount;
    }

    /** The headers, decoded anew by each call. */
    public List<RecordHeader> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        var headers = new ArrayList<RecordHeader>(headerCount);
        var in = buffer.slice(headersIndex, headersEnd - headersIndex);
        for (int i = 0; i < headerCount; i++) {
            var key =
                    in.readCharSequence(readVarint(in), StandardCharsets.UTF_8).toString();
            int size = readVarint(in);
            headers.add(new RecordHeader(key, size < 0 ? null : ByteBufUtil.getBytes(in.readSlice(size))));
        }
        return headers;
    }

    private @Nullable ByteBuf slice(int index, int size) {
        return size < 0 ? null : buffer.slice(index, size);
    }

    private byte @Nullable [] copy(int index, int size) {
        return size < 0 ? null : ByteBufUtil.getBytes(buffer, index, size, true);
    }

    /** Reads a varint that the cursor has found to be well-formed. */
    private static int readVarint(ByteBuf in) {
        int value = 0;
        int b;
        int shift = 0;
        do {
            b = in.readByte();
            value |= (b & 0x7f) << shift;
            shift += 7;
        } while (b < 0);
        return (value >>> 1) ^ -(value & 1);
    }

    @Override
    public String toString() {
        return "Record(offset=" + offset + ", timestamp=" + timestamp + ", keySize=" + keySize + ", valueSize="
                + valueSize + ", headers=" + headerCount + ")";
    }
}
