package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.partition.Partition;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.record.ControlRecord;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.protocol.record.RecordCursor;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.storage.AppendOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A shard's records in the log of its partition. */
final class PartitionGroupLog implements GroupLog {

    private static final Logger log = LoggerFactory.getLogger(PartitionGroupLog.class);

    /** Bytes after which a batch is closed and the next one begun. */
    private static final int BATCH_BYTES = 256 * 1024;

    private static final int READ_BYTES = 1024 * 1024;

    private static final int ALL_IN_SYNC = -1;

    private final Partition partition;
    private final Clock clock;
    private final GroupSettings settings;
    private final ByteBufAllocator allocator;

    PartitionGroupLog(Partition partition, Clock clock, GroupSettings settings, ByteBufAllocator allocator) {
        this.partition = partition;
        this.clock = clock;
        this.settings = settings;
        this.allocator = allocator;
    }

    @Override
    public void append(List<GroupRecord> records, Outcome.WriteListener listener) {
        ByteBuf batches = encode(records);
        int timeoutMs = settings.commitTimeoutMs();
        partition.append(batches, AppendOrigin.COORDINATOR, ALL_IN_SYNC, timeoutMs, (result, error) -> {
            batches.release();
            listener.onWritten(error == null ? ErrorCode.NONE : error.error());
        });
    }

    private ByteBuf encode(List<GroupRecord> records) {
        long nowMs = clock.wallMs();
        ByteBuf record = Unpooled.buffer();
        ByteBuf batches = allocator.buffer();
        try (var builder = new RecordBatchBuilder(allocator)) {
            for (var next : records) {
                append(builder, next, nowMs, record.clear());
                if (builder.sizeInBytes() >= BATCH_BYTES) {
                    moveBatch(builder, batches);
                }
            }
            if (builder.recordCount() > 0) {
                moveBatch(builder, batches);
            }
            return batches;
        } catch (RuntimeException e) {
            batches.release();
            throw e;
        }
    }

    private static void append(RecordBatchBuilder builder, GroupRecord record, long nowMs, ByteBuf scratch) {
        GroupRecordCodec.writeKey(record, scratch);
        int keyBytes = scratch.readableBytes();
        boolean hasValue = GroupRecordCodec.writeValue(record, scratch);
        ByteBuf key = scratch.slice(0, keyBytes);
        ByteBuf value = hasValue ? scratch.slice(keyBytes, scratch.readableBytes() - keyBytes) : null;
        builder.append(nowMs, key, value);
    }

    private static void moveBatch(RecordBatchBuilder builder, ByteBuf batches) {
        ByteBuf batch = builder.build();
        batches.writeBytes(batch);
        batch.release();
    }

    @Override
    public void replay(Consumer<GroupRecord> into) {
        var source = partition.log();
        long offset = source.logStartOffset();
        long end = source.logEndOffset();
        if (offset >= end) {
            return;
        }
        var replay = new Replay(into);
        ByteBuf bytes = allocator.buffer(READ_BYTES);
        try (var cursor = new RecordCursor(allocator, RecordCursor.DECOMPRESSED_BYTES_MAX)) {
            var batches = new RecordBatches();
            while (offset < end) {
                var read = source.read(offset, READ_BYTES, end, true).records();
                try {
                    read.writeTo(bytes.clear());
                } finally {
                    read.release();
                }
                long before = offset;
                for (batches.reset(bytes);
                        batches.next();
                        offset = batches.batch().nextOffset()) {
                    replay.batch(batches.batch(), cursor);
                }
                if (offset == before) {
                    break;
                }
            }
        } finally {
            bytes.release();
        }
        log.debug(
                "Groups loaded partition={} records={} skipped={}",
                partition.topicPartition(),
                replay.records,
                replay.skipped);
    }

    /** One pass over the log. What a transaction committed counts from its marker on, in the order of its records. */
    private static final class Replay {
        private final Consumer<GroupRecord> into;
        private final Map<Long, List<GroupRecord>> undecided = new HashMap<>();
        private long records;
        private long skipped;

        Replay(Consumer<GroupRecord> into) {
            this.into = into;
        }

        void batch(RecordBatch batch, RecordCursor cursor) {
            cursor.reset(batch);
            while (cursor.next()) {
                if (batch.isControl()) {
                    end(batch.producerId(), ControlRecord.type(cursor.record()));
                    continue;
                }
                var record = read(cursor);
                records++;
                if (record == null) {
                    skipped++;
                } else if (batch.isTransactional()) {
                    undecided
                            .computeIfAbsent(batch.producerId(), key -> new ArrayList<>())
                            .add(record);
                } else {
                    into.accept(record);
                }
            }
        }

        private void end(long producerId, ControlRecord.Type type) {
            var decided = undecided.remove(producerId);
            if (decided != null && type == ControlRecord.Type.COMMIT) {
                decided.forEach(into);
            }
        }

        private static @Nullable GroupRecord read(RecordCursor cursor) {
            try {
                return GroupRecordCodec.read(
                        cursor.record().key(), cursor.record().value());
            } catch (MalformedMessageException e) {
                log.warn(
                        "Record of the offsets topic is skipped offset={} reason={}",
                        cursor.record().offset(),
                        e.getMessage());
                return null;
            }
        }
    }
}
