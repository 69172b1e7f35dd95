package dev.barnabas.broker.internal.metadata;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.protocol.message.LeaderChangeMessage;
import dev.barnabas.protocol.message.LeaderChangeMessage.Voter;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.record.ControlRecord;
import dev.barnabas.protocol.record.Record;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.protocol.record.RecordCursor;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import dev.barnabas.storage.AppendFailedException;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.FlushTask;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.ReadResult;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata log of a quorum of one, in a partition log {@code __cluster_metadata-0} and in KRaft's format: batches of
 * {@link MetadataRecord}s, and a LEADER_CHANGE control record at the beginning of each leader epoch.
 */
public final class StoredMetadataLog implements MetadataLog {

    private static final Logger LOG = LoggerFactory.getLogger(StoredMetadataLog.class);
    private static final int READ_BYTES = 1 << 20;

    private final PartitionLog log;
    private final MetadataSnapshots snapshots;
    private final QuorumState quorumState;
    private final Lane lane;
    private final Lanes lanes;
    private final boolean durable;
    private final int nodeId;
    private final long snapshotBytes;
    private final long snapshotMs;
    private final ByteBufAllocator allocator;
    private int epoch;
    private long lastAppendMs;
    private long lastSnapshotMs;
    private long bytesSinceSnapshot;
    private boolean snapshotting;
    private volatile long highWatermark;

    /**
     * @param files of the log's store, for snapshots and {@code quorum-state}
     * @param lane the controller's
     * @param durable whether a commit waits for the disk; false where there is none
     * @param nodeId the one voter
     * @param snapshotBytes a snapshot is taken when the log has grown by so many bytes since the last
     * @param snapshotMs and when it grows so long after the last, in milliseconds; 0 for never
     */
    public StoredMetadataLog(
            PartitionLog log,
            FileSystem files,
            Lane lane,
            Lanes lanes,
            boolean durable,
            int nodeId,
            long snapshotBytes,
            long snapshotMs,
            ByteBufAllocator allocator) {
        String directory = log.topicPartition().toString();
        this.log = log;
        this.snapshots = new MetadataSnapshots(files, directory, allocator);
        this.quorumState = new QuorumState(files, directory);
        this.snapshotBytes = snapshotBytes;
        this.snapshotMs = snapshotMs;
        this.lane = lane;
        this.lanes = lanes;
        this.durable = durable;
        this.nodeId = nodeId;
        this.allocator = allocator;
    }

    @Override
    public ClusterImage replay(String clusterId, long nowMs) {
        var delta = new MetadataDelta(ClusterImage.empty(clusterId));
        MetadataSnapshots.Id snapshot = snapshots.newest();
        long from = log.logStartOffset();
        if (snapshot != null) {
            snapshots.read(snapshot, delta);
            from = Math.max(from, snapshot.endOffset());
            if (log.logEndOffset() < from) {
                log.truncateFullyAndStartAt(from);
            }
        } else if (from > 0) {
            throw new StorageException(
                    "metadata log: starts at offset " + from + " (expected: a snapshot up to there)");
        }
        readLog(from, new Transactions(delta));
        ClusterImage image = delta.image(log.logEndOffset() - 1);
        epoch = 1 + Math.max(Math.max(quorumState.epoch(), latestEpoch()), snapshot == null ? 0 : snapshot.epoch());
        quorumState.lead(nodeId, epoch);
        lastSnapshotMs = nowMs;
        appendLeaderChange(nowMs);
        return image;
    }

    private int latestEpoch() {
        OptionalInt latest = log.latestEpoch();
        return latest.isPresent() ? latest.getAsInt() : 0;
    }

    private void readLog(long from, Transactions transactions) {
        long offset = from;
        while (offset < log.logEndOffset()) {
            ReadResult result = log.read(offset, READ_BYTES, log.logEndOffset(), true);
            ByteBuf bytes = allocator.buffer(result.records().sizeInBytes());
            try {
                result.records().writeTo(bytes);
                bytesSinceSnapshot += bytes.readableBytes();
                offset = readBatches(bytes, offset, transactions);
            } finally {
                bytes.release();
                result.records().release();
            }
        }
    }

    private long readBatches(ByteBuf bytes, long from, Transactions transactions) {
        long next = from;
        var batches = new RecordBatches().reset(bytes);
        while (batches.next()) {
            RecordBatch batch = batches.batch();
            if (!batch.isControl()) {
                readRecords(batch, allocator, transactions);
            }
            next = batch.nextOffset();
        }
        if (next == from) {
            throw new StorageException("metadata log: no whole batch at offset " + from + " (expected: one)");
        }
        return next;
    }

    static void readRecords(RecordBatch batch, ByteBufAllocator allocator, Transactions transactions) {
        try (var cursor = new RecordCursor(allocator, Integer.MAX_VALUE).reset(batch)) {
            while (cursor.next()) {
                Record record = cursor.record();
                ByteBuf value = record.value();
                if (value != null) {
                    readRecord(record.offset(), value, transactions);
                }
            }
        }
    }

    private static void readRecord(long offset, ByteBuf value, Transactions transactions) {
        try {
            transactions.apply(MetadataRecord.read(new WireReader(value)));
        } catch (MalformedMessageException | IllegalStateException e) {
            throw new StorageException("metadata record " + offset + ": " + e.getMessage(), e);
        }
    }

    private void appendLeaderChange(long nowMs) {
        var voter = new Voter().setVoterId(nodeId);
        var message = new LeaderChangeMessage()
                .setVersion((short) 0)
                .setLeaderId(nodeId)
                .setVoters(List.of(voter))
                .setGrantingVoters(List.of(voter));
        append(controlBatch(allocator, ControlRecord.Type.LEADER_CHANGE, message, nowMs), nowMs);
    }

    /** A batch of one control record whose value is {@code message}, in its version 0. */
    static ByteBuf controlBatch(
            ByteBufAllocator allocator, ControlRecord.Type type, dev.barnabas.protocol.Message message, long nowMs) {
        WireWriter value = new WireWriter();
        message.write(value, 0);
        return ControlRecord.batch(allocator, type, nowMs, value.toByteArray());
    }

    /** A batch of metadata records, base offset 0. */
    static ByteBuf batch(ByteBufAllocator allocator, List<MetadataRecord> records, long nowMs) {
        try (var builder = new RecordBatchBuilder(allocator)) {
            WireWriter value = new WireWriter();
            for (MetadataRecord record : records) {
                value.truncate(0);
                record.write(value);
                builder.append(nowMs, null, value.toByteArray());
            }
            return builder.build();
        }
    }

    @Override
    public long append(List<MetadataRecord> records, long nowMs) {
        return append(batch(allocator, records, nowMs), nowMs);
    }

    private long append(ByteBuf batch, long nowMs) {
        try {
            lastAppendMs = nowMs;
            bytesSinceSnapshot += batch.readableBytes();
            return log.appendAsLeader(batch, epoch, AppendOrigin.COORDINATOR, nowMs)
                    .lastOffset();
        } catch (AppendFailedException bug) {
            lane.execute(() -> {
                throw bug;
            });
            throw bug;
        } finally {
            batch.release();
        }
    }

    @Override
    public CompletionStage<Void> commit(ClusterImage image) {
        if (!durable) {
            onCommitted(log.logEndOffset(), image);
            return CompletableFuture.completedFuture(null);
        }
        var committed = new CompletableFuture<Void>();
        FlushTask task = log.prepareFlush();
        lanes.blocking(() -> {
            try {
                task.run();
            } catch (StorageException e) {
                lane.execute(() -> committed.completeExceptionally(e));
                return;
            }
            lane.execute(() -> {
                log.onFlushed(task);
                onCommitted(task.upToOffset(), image);
                committed.complete(null);
            });
        });
        return committed;
    }

    private void onCommitted(long offset, ClusterImage image) {
        log.updateHighWatermark(offset);
        highWatermark = offset;
        if (!snapshotting && isSnapshotDue()) {
            takeSnapshot(image);
        }
    }

    private boolean isSnapshotDue() {
        return bytesSinceSnapshot >= snapshotBytes || (snapshotMs > 0 && lastAppendMs - lastSnapshotMs >= snapshotMs);
    }

    /** Encodes on the lane, writes elsewhere, and then lets go of the log's beginning. */
    private void takeSnapshot(ClusterImage image) {
        snapshotting = true;
        bytesSinceSnapshot = 0;
        lastSnapshotMs = lastAppendMs;
        var id = new MetadataSnapshots.Id(image.offset() + 1, epoch);
        byte[] content = snapshots.encode(id, image, lastAppendMs);
        Runnable store = () -> {
            snapshots.store(id, content);
            lane.execute(() -> {
                log.advanceLogStartOffset(id.endOffset(), lastAppendMs);
                snapshotting = false;
            });
        };
        if (durable) {
            lanes.blocking(() -> storeOrReport(store, id));
        } else {
            storeOrReport(store, id);
        }
    }

    /** A snapshot that fails costs space, not data: the log is kept, and the next one is tried later. */
    private void storeOrReport(Runnable store, MetadataSnapshots.Id id) {
        try {
            store.run();
        } catch (StorageException e) {
            LOG.warn("Failed to write a metadata snapshot file={} cause={}", id.fileName(), e.toString());
            lane.execute(() -> snapshotting = false);
        }
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public long endOffset() {
        return log.logEndOffset();
    }

    @Override
    public long highWatermark() {
        return highWatermark;
    }

    /** The log belongs to its store, which closes it. */
    @Override
    public void close() {}

    /** Holds records back between the beginning and the end of a metadata transaction (KIP-868). */
    static final class Transactions {
        private final MetadataDelta delta;
        private @Nullable List<MetadataRecord> open;

        Transactions(MetadataDelta delta) {
            this.delta = delta;
        }

        void apply(MetadataRecord record) {
            MetadataRecordType type = record.type();
            if (type == MetadataRecordType.BEGIN_TRANSACTION_RECORD) {
                open = new ArrayList<>();
            } else if (type == MetadataRecordType.ABORT_TRANSACTION_RECORD) {
                open = null;
            } else if (type == MetadataRecordType.END_TRANSACTION_RECORD) {
                if (open != null) {
                    delta.applyAll(open);
                }
                open = null;
            } else if (open != null) {
                open.add(record);
            } else {
                delta.apply(record);
            }
        }
    }
}
