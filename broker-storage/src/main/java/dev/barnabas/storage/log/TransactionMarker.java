package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.ControlRecord;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordCursor;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The only record of a control batch that ends a producer's transaction (KIP-98). */
record TransactionMarker(boolean committed, int coordinatorEpoch) {

    /** Reads the first record of a control batch; null if it is a control record of another type. */
    static @Nullable TransactionMarker read(RecordBatch batch) {
        try (var cursor = new RecordCursor(UnpooledByteBufAllocator.DEFAULT, batch.sizeInBytes())) {
            if (!cursor.reset(batch).next()) {
                return null; // compaction has removed it
            }
            var record = cursor.record();
            return switch (ControlRecord.type(record)) {
                case COMMIT -> new TransactionMarker(true, ControlRecord.coordinatorEpoch(record));
                case ABORT -> new TransactionMarker(false, ControlRecord.coordinatorEpoch(record));
                default -> null;
            };
        }
    }
}
