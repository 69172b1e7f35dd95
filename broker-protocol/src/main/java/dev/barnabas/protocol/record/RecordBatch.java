package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A record batch of message format 2, seen in place: a reusable view over bytes of a {@link ByteBuf}, which it neither
 * copies nor retains, but for the header, which {@link #wrap} reads in one go: what others write into it after that is not
 * seen. One view serves any number of batches, one after the other; it belongs to one thread at a time.
 *
 * <pre>
 *  0  baseOffset            i64   offset of the first record; stamped by the leader
 *  8  length                i32   bytes after this field: 49 + the records
 * 12  partitionLeaderEpoch  i32   stamped by the leader
 * 16  magic                 i8    2
 * 17  crc                   u32   CRC-32C of everything from byte 21 on
 * 21  attributes            i16   0-2 compression, 3 LogAppendTime, 4 transactional, 5 control, 6 delete horizon
 * 23  lastOffsetDelta       i32   last offset - base offset; survives compaction
 * 27  baseTimestamp         i64   what the records' timestamp deltas add to; the delete horizon when bit 6 is set
 * 35  maxTimestamp          i64   the append time when bit 3 is set
 * 43  producerId            i64   -1: none
 * 51  producerEpoch         i16   -1: none
 * 53  baseSequence          i32   -1: none
 * 57  recordCount           i32   less than lastOffsetDelta + 1 after compaction
 * 61  records                     one after the other; compressed as one block
 * </pre>
 *
 * <p>All numbers are big-endian. Base offset, length and leader epoch lie outside the checksum, so that a leader
 * stamps them without reading the records. The bytes up to and including {@code magic} lie at the same place in message
 * formats 0 and 1, whose batches are single messages: {@link #magic(ByteBuf, int)},
 * {@link #sizeInBytes(ByteBuf, int)} and {@link #baseOffset(ByteBuf, int)} hold for all formats.
 *
 * <p>Nothing is checked here: of bytes that are fewer than a header, the fields that are missing read as 0. {@link
 * RecordBatches} yields only batches that lie whole within their buffer.
 */
public final class RecordBatch {

    public static final int BASE_OFFSET_OFFSET = 0;
    public static final int LENGTH_OFFSET = 8;
    public static final int PARTITION_LEADER_EPOCH_OFFSET = 12;
    public static final int MAGIC_OFFSET = 16;
    public static final int CRC_OFFSET = 17;
    public static final int ATTRIBUTES_OFFSET = 21;
    public static final int LAST_OFFSET_DELTA_OFFSET = 23;
    public static final int BASE_TIMESTAMP_OFFSET = 27;
    public static final int MAX_TIMESTAMP_OFFSET = 35;
    public static final int PRODUCER_ID_OFFSET = 43;
    public static final int PRODUCER_EPOCH_OFFSET = 51;
    public static final int BASE_SEQUENCE_OFFSET = 53;
    public static final int RECORD_COUNT_OFFSET = 57;
    public static final int RECORDS_OFFSET = 61;

    /** Bytes of the header: a batch has at least as many. */
    public static final int HEADER_BYTES = RECORDS_OFFSET;

    /** Base offset and length, which every message format has and which the length does not count. */
    public static final int LOG_OVERHEAD_BYTES = 12;

    /** Bytes needed to tell offset, size and message format of a batch. */
    public static final int BYTES_UP_TO_MAGIC = 17;

    /** The message format since Apache Kafka 0.11 (KIP-98). */
    public static final byte MAGIC_V2 = 2;
    /** The message format of Apache Kafka 0.10 (KIP-32). */
    public static final byte MAGIC_V1 = 1;
    /** The message format up to Apache Kafka 0.9. */
    public static final byte MAGIC_V0 = 0;

    public static final long NO_TIMESTAMP = -1L;
    public static final long NO_PRODUCER_ID = -1L;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final int NO_PARTITION_LEADER_EPOCH = -1;

    static final int COMPRESSION_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int TRANSACTIONAL_BIT = 0x10;
    static final int CONTROL_BIT = 0x20;
    static final int DELETE_HORIZON_BIT = 0x40;

    private final CRC32C crc = new CRC32C();
    private final byte[] header = new byte[HEADER_BYTES];
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int index;

    private long baseOffset;
    private int sizeInBytes;
    private int partitionLeaderEpoch;
    private byte magic;
    private int checksum;
    private short attributes;
    private int lastOffsetDelta;
    private long baseTimestamp;
    private long maxTimestamp;
    private long producerId;
    private short producerEpoch;
    private int baseSequence;
    private int recordCount;

    /** Points this view at the batch that begins at absolute position {@code index} of {@code buffer}, and reads its header. */
    public RecordBatch wrap(ByteBuf buffer, int index) {
        this.buffer = buffer;
        this.index = index;
        int available = buffer.writerIndex() - index;
        if (available >= HEADER_BYTES) {
            buffer.getBytes(index, header);
        } else {
            Arrays.fill(header, (byte) 0);
            buffer.getBytes(index, header, 0, available);
        }
        readHeader();
        return this;
    }

    /** Once for all accessors: each read through the buffer costs its checks, and the compiler their code. */
    private void readHeader() {
        baseOffset = int64(BASE_OFFSET_OFFSET);
        sizeInBytes = LOG_OVERHEAD_BYTES + int32(LENGTH_OFFSET);
        partitionLeaderEpoch = int32(PARTITION_LEADER_EPOCH_OFFSET);
        magic = header[MAGIC_OFFSET];
        checksum = int32(CRC_OFFSET);
        attributes = int16(ATTRIBUTES_OFFSET);
        lastOffsetDelta = int32(LAST_OFFSET_DELTA_OFFSET);
        baseTimestamp = int64(BASE_TIMESTAMP_OFFSET);
        maxTimestamp = int64(MAX_TIMESTAMP_OFFSET);
        producerId = int64(PRODUCER_ID_OFFSET);
        producerEpoch = int16(PRODUCER_EPOCH_OFFSET);
        baseSequence = int32(BASE_SEQUENCE_OFFSET);
        recordCount = int32(RECORD_COUNT_OFFSET);
    }

    private short int16(int at) {
        return (short) (header[at] << 8 | header[at + 1] & 0xff);
    }

    private int int32(int at) {
        return header[at] << 24 | (header[at + 1] & 0xff) << 16 | (header[at + 2] & 0xff) << 8 | header[at + 3] & 0xff;
    }

    private long int64(int at) {
        return (long) int32(at) << 32 | int32(at + 4) & 0xffff_ffffL;
    }

    /** Lets go of the buffer. Nothing is there to be read until the next {@link #wrap}. */
    public void unwrap() {
        buffer = Unpooled.EMPTY_BUFFER;
        index = 0;
    }

    /** The message format of the batch or message at {@code index}: 0, 1 or 2; any other number is corruption. */
    public static byte magic(ByteBuf buffer, int index) {
        return buffer.getByte(index + MAGIC_OFFSET);
    }

    /** Length in bytes of the batch or message at {@code index}, offset and length fields included; unchecked. */
    public static int sizeInBytes(ByteBuf buffer, int index) {
        return LOG_OVERHEAD_BYTES + buffer.getInt(index + LENGTH_OFFSET);
    }

    /** The first eight bytes of the batch or message at {@code index}: in formats 0 and 1 a wrapper's last offset. */
    public static long baseOffset(ByteBuf buffer, int index) {
        return buffer.getLong(index + BASE_OFFSET_OFFSET);
    }

    public ByteBuf buffer() {
        return buffer;
    }

    /** Absolute position of the batch in its buffer. */
    public int index() {
        return index;
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** Offset of the last record, whether or not compaction has removed it. */
    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /** The offset that the next batch of the log begins with. */
    public long nextOffset() {
        return lastOffset() + 1;
    }

    /** Length in bytes of the whole batch. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    public int partitionLeaderEpoch() {
        return partitionLeaderEpoch;
    }

    public byte magic() {
        return magic;
    }

    /** The stored CRC-32C, unsigned. */
    public long checksum() {
        return Integer.toUnsignedLong(checksum);
    }

    public short attributes() {
        return attributes;
    }

    public int lastOffsetDelta() {
        return lastOffsetDelta;
    }

    /** The base timestamp in ms; holds the delete horizon if {@link #hasDeleteHorizon()}. */
    public long baseTimestamp() {
        return baseTimestamp;
    }

    /** The largest timestamp in ms, or the append time of a LogAppendTime batch, or {@link #NO_TIMESTAMP}. */
    public long maxTimestamp() {
        return maxTimestamp;
    }

    public long producerId() {
        return producerId;
    }

    public boolean hasProducerId() {
        return producerId() > NO_PRODUCER_ID;
    }

    public short producerEpoch() {
        return producerEpoch;
    }

    public int baseSequence() {
        return baseSequence;
    }

    /** Sequence number of the last record; numbers wrap from 2^31-1 to 0. */
    public int lastSequence() {
        int base = baseSequence();
        return base == NO_SEQUENCE ? NO_SEQUENCE : (base + lastOffsetDelta()) & Integer.MAX_VALUE;
    }

    /** Records that the batch says it holds. */
    public int recordCount() {
        return recordCount;
    }

    /** The three bits that name the codec; 5 to 7 are corruption. */
    public int compressionId() {
        return attributes() & COMPRESSION_MASK;
    }

    public boolean isCompressed() {
        return compressionId() != 0;
    }

    /** @throws CorruptBatchException if the codec is unknown */
    public Compression compression() {
        return Compression.forId(compressionId());
    }

    public TimestampType timestampType() {
        return has(LOG_APPEND_TIME_BIT) ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    }

    public boolean isTransactional() {
        return has(TRANSACTIONAL_BIT);
    }

    /** Whether the records are markers of the broker's own. */
    public boolean isControl() {
        return has(CONTROL_BIT);
    }

    /** Whether compaction has put a delete horizon where the base timestamp was (KIP-534). */
    public boolean hasDeleteHorizon() {
        return has(DELETE_HORIZON_BIT);
    }

    /** The time in ms from which compaction may drop tombstones and markers, or {@link #NO_TIMESTAMP}. */
    public long deleteHorizonMs() {
        return hasDeleteHorizon() ? baseTimestamp() : NO_TIMESTAMP;
    }

    /** Absolute position of the first byte of the records. */
    public int recordsIndex() {
        return index + RECORDS_OFFSET;
    }

    /** Length in bytes of the records as stored, that is, compressed if {@link #isCompressed()}. */
    public int recordsSizeInBytes() {
        return sizeInBytes() - RECORDS_OFFSET;
    }

    /** Whether the batch lies whole within its buffer and its stored checksum is that of its bytes. */
    public boolean isChecksumValid() {
        int size = sizeInBytes();
        return size >= HEADER_BYTES && size <= buffer.writerIndex() - index && checksum() == computeChecksum();
    }

    /** The CRC-32C of the bytes from the attributes to the end, unsigned. Copies nothing. */
    public long computeChecksum() {
        int from = index + ATTRIBUTES_OFFSET;
        int length = sizeInBytes() - ATTRIBUTES_OFFSET;
        crc.reset();
        if (buffer.hasArray()) {
            crc.update(buffer.array(), buffer.arrayOffset() + from, length);
        } else if (buffer.nioBufferCount() == 1) {
            crc.update(buffer.nioBuffer(from, length));
        } else {
            for (var part : buffer.nioBuffers(from, length)) {
                crc.update(part);
            }
        }
        return crc.getValue();
    }

    /** Sets the base offset, which lies outside the checksum. */
    public void setBaseOffset(long offset) {
        buffer.setLong(index + BASE_OFFSET_OFFSET, offset);
        baseOffset = offset;
    }

    /** Sets the base offset so that the last record gets {@code offset}. */
    public void setLastOffset(long offset) {
        setBaseOffset(offset - lastOffsetDelta());
    }

    /** Sets the leader epoch, which lies outside the checksum. */
    public void setPartitionLeaderEpoch(int epoch) {
        buffer.setInt(index + PARTITION_LEADER_EPOCH_OFFSET, epoch);
        partitionLeaderEpoch = epoch;
    }

    /** Sets the timestamp type and the largest timestamp in ms; if that changes anything, the checksum too. */
    public void setMaxTimestamp(TimestampType type, long timestampMs) {
        if (type == timestampType() && timestampMs == maxTimestamp()) {
            return;
        }
        attributes = (short)
                (type == TimestampType.LOG_APPEND_TIME
                        ? attributes | LOG_APPEND_TIME_BIT
                        : attributes & ~LOG_APPEND_TIME_BIT);
        maxTimestamp = timestampMs;
        buffer.setShort(index + ATTRIBUTES_OFFSET, attributes);
        buffer.setLong(index + MAX_TIMESTAMP_OFFSET, timestampMs);
        setChecksum();
    }

    /** Computes the checksum and stores it. */
    public void setChecksum() {
        checksum = (int) computeChecksum();
        buffer.setInt(index + CRC_OFFSET, checksum);
    }

    private boolean has(int attributeBit) {
        return (attributes() & attributeBit) != 0;
    }

    /** The header in one line, for logs. */
    @Override
    public String toString() {
        if (buffer.writerIndex() - index < HEADER_BYTES) {
            return "RecordBatch(none)";
        }
        return "RecordBatch(offsets=" + baseOffset() + ".." + lastOffset()
                + ", sizeInBytes=" + sizeInBytes()
                + ", partitionLeaderEpoch=" + partitionLeaderEpoch()
                + ", magic=" + magic()
                + ", attributes=" + attributes()
                + ", maxTimestamp=" + maxTimestamp()
                + ", producerId=" + producerId()
                + ", producerEpoch=" + producerEpoch()
                + ", baseSequence=" + baseSequence()
                + ", recordCount=" + recordCount()
                + ")";
    }
}
