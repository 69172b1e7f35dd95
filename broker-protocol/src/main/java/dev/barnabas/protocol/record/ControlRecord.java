package dev.barnabas.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The records of control batches, which brokers write for themselves and consumers skip. The key says what a record is:
 *
 * <pre>
 * 0  version  i16  0
 * 2  type     i16  see {@link Type}
 * </pre>
 *
 * <p>The value of a transaction marker (ABORT, COMMIT; KIP-98) says who ended the transaction:
 *
 * <pre>
 * 0  version           i16  0
 * 2  coordinatorEpoch  i32
 * </pre>
 *
 * <p>A marker is alone in its batch, which carries the producer's id and epoch and is transactional.
 */
public final class ControlRecord {

    /** What a control record says; the ids are those of Kafka's {@code ControlRecordType}. */
    public enum Type {
        ABORT(0),
        COMMIT(1),
        /** KRaft: a new leader (KIP-595). */
        LEADER_CHANGE(2),
        /** KRaft: first record of a snapshot (KIP-630). */
        SNAPSHOT_HEADER(3),
        /** KRaft: last record of a snapshot (KIP-630). */
        SNAPSHOT_FOOTER(4),
        /** KRaft: the version of the protocol in use (KIP-853). */
        KRAFT_VERSION(5),
        /** KRaft: the voters (KIP-853). */
        KRAFT_VOTERS(6),
        /** A type of a later version. */
        UNKNOWN(-1);

        private static final Type[] BY_ID = values();

        private final int id;

        Type(int id) {
            this.id = id;
        }

        public int id() {
            return id;
        }

        /** The type with number {@code id}; {@link #UNKNOWN} if there is none. */
        public static Type forId(int id) {
            return id >= 0 && id < UNKNOWN.ordinal() ? BY_ID[id] : UNKNOWN;
        }
    }

    private static final short VERSION = 0;
    private static final int KEY_BYTES = 4;
    private static final int MARKER_VALUE_BYTES = 6;

    private ControlRecord() {}

    /**
     * What {@code record}, of a control batch, is.
     *
     * @throws InvalidRecordException if its key is no control record's
     */
    public static Type type(Record record) {
        if (record.keySize < KEY_BYTES) {
            throw new InvalidRecordException(
                    "control record key length: " + record.keySize + " (expected: at least " + KEY_BYTES + ")");
        }
        short version = record.buffer.getShort(record.keyIndex);
        if (version < 0) {
            throw new InvalidRecordException("control record key version: " + version + " (expected: at least 0)");
        }
        return Type.forId(record.buffer.getShort(record.keyIndex + Short.BYTES));
    }

    /**
     * The epoch of the coordinator that wrote {@code record}, a transaction marker.
     *
     * @throws InvalidRecordException if its value is no marker's
     */
    public static int coordinatorEpoch(Record record) {
        if (record.valueSize < MARKER_VALUE_BYTES) {
            throw new InvalidRecordException("transaction marker value length: " + record.valueSize
                    + " (expected: at least " + MARKER_VALUE_BYTES + ")");
        }
        return record.buffer.getInt(record.valueIndex + Short.BYTES);
    }

    /** The key of a control record of {@code type}. */
    public static byte[] key(Type type) {
        return new byte[] {0, (byte) VERSION, (byte) (type.id() >> 8), (byte) type.id()};
    }

    /** The value of a transaction marker. */
    public static byte[] markerValue(int coordinatorEpoch) {
        return new byte[] {
            0,
            (byte) VERSION,
            (byte) (coordinatorEpoch >> 24),
            (byte) (coordinatorEpoch >> 16),
            (byte) (coordinatorEpoch >> 8),
            (byte) coordinatorEpoch
        };
    }

    /**
     * A batch that ends a transaction, base offset 0, for the caller to stamp and release.
     *
     * @param type ABORT or COMMIT
     */
    public static ByteBuf transactionMarker(
            ByteBufAllocator allocator,
            Type type,
            long timestampMs,
            long producerId,
            short producerEpoch,
            int coordinatorEpoch) {
        try (var builder = new RecordBatchBuilder(allocator)) {
            return builder.producer(producerId, producerEpoch, RecordBatch.NO_SEQUENCE)
                    .transactional(true)
                    .control(true)
                    .append(timestampMs, key(type), markerValue(coordinatorEpoch))
                    .build();
        }
    }

    /** A batch of one control record that belongs to no producer: KRaft's types; for the caller to stamp and release. */
    public static ByteBuf batch(ByteBufAllocator allocator, Type type, long timestampMs, byte @Nullable [] value) {
        try (var builder = new RecordBatchBuilder(allocator)) {
            return builder.control(true).append(timestampMs, key(type), value).build();
        }
    }
}
