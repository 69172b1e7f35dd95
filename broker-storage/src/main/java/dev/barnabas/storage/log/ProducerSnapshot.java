package dev.barnabas.storage.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.zip.CRC32C;

/**
 * The file {@code <offset>.snapshot}: the producers as they were when the log ended at that offset. Of the batches of a
 * producer only the last is kept.
 *
 * <pre>
 * 0  version   i16   1
 * 2  crc       u32   CRC-32C of everything from byte 6 on
 * 6  count     i32
 * each entry, 46 bytes:
 *    producerId i64 | epoch i16 | lastSequence i32 | lastOffset i64 | offsetDelta i32 | timestamp i64
 *    | coordinatorEpoch i32 | currentTxnFirstOffset i64 (-1: none)
 * </pre>
 */
final class ProducerSnapshot {
    private static final short VERSION = 1;
    private static final int HEADER_BYTES = 10;
    private static final int CHECKED_FROM = 6;
    private static final int ENTRY_BYTES = 46;

    private ProducerSnapshot() {}

    static ByteBuf write(ProducerStates states) {
        var out = Unpooled.buffer(HEADER_BYTES + states.size() * ENTRY_BYTES);
        out.writeShort(VERSION);
        out.writeInt(0);
        out.writeInt(states.size());
        for (var entry : states.entries()) {
            out.writeLong(entry.producerId);
            out.writeShort(entry.epoch());
            out.writeInt(entry.lastSequence());
            out.writeLong(entry.lastOffset());
            out.writeInt(entry.lastOffsetDelta());
            out.writeLong(entry.lastTimestampMs());
            out.writeInt(entry.coordinatorEpoch());
            out.writeLong(entry.transactionFirstOffset());
        }
        out.setInt(2, checksum(out));
        return out;
    }

    /** Replaces {@code states} by the file's content. Returns false, and leaves them empty, if the file is damaged. */
    static boolean read(byte[] file, ProducerStates states) {
        states.clear();
        var in = Unpooled.wrappedBuffer(file);
        if (file.length < HEADER_BYTES || in.readShort() != VERSION || in.readInt() != checksum(in)) {
            return false;
        }
        int count = in.readInt();
        if (in.readableBytes() != (long) count * ENTRY_BYTES) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            var entry = new ProducerEntry(in.readLong());
            entry.restore(
                    in.readShort(),
                    in.readInt(),
                    in.readLong(),
                    in.readInt(),
                    in.readLong(),
                    in.readInt(),
                    in.readLong());
            states.restore(entry);
        }
        return true;
    }

    private static int checksum(ByteBuf file) {
        var crc = new CRC32C();
        crc.update(file.array(), CHECKED_FROM, file.writerIndex() - CHECKED_FROM);
        return (int) crc.getValue();
    }
}
