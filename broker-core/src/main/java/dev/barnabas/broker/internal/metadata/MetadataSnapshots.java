package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.message.SnapshotFooterRecord;
import dev.barnabas.protocol.message.SnapshotHeaderRecord;
import dev.barnabas.protocol.record.ControlRecord;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatches;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of the metadata (KIP-630), in files beside the log's segments that are called after the log's end offset and
 * epoch at that moment, {@code 00000000000000001234-0000000005.checkpoint}. A file holds record batches: a
 * SNAPSHOT_HEADER, the records that make the image, a SNAPSHOT_FOOTER.
 */
final class MetadataSnapshots {

    private static final String SUFFIX = ".checkpoint";
    private static final int RECORDS_PER_BATCH = 1_000;

    private final FileSystem files;
    private final String directory;
    private final ByteBufAllocator allocator;

    MetadataSnapshots(FileSystem files, String directory, ByteBufAllocator allocator) {
        this.files = files;
        this.directory = directory;
        this.allocator = allocator;
    }

    /**
     * Which snapshot.
     *
     * @param endOffset everything below it is contained
     * @param epoch of the last record contained
     */
    record Id(long endOffset, int epoch) {
        String fileName() {
            return String.format(Locale.ROOT, "%020d-%010d" + SUFFIX, endOffset, epoch);
        }

        static @Nullable Id of(String fileName) {
            if (fileName.length() != 31 + SUFFIX.length() || !fileName.endsWith(SUFFIX) || fileName.charAt(20) != '-') {
                return null;
            }
            try {
                return new Id(Long.parseLong(fileName, 0, 20, 10), Integer.parseInt(fileName, 21, 31, 10));
            } catch (NumberFormatException e) {
                return null;
            }
        }
    }

    /** The newest snapshot; null if there is none. */
    @Nullable
    Id newest() {
        Id newest = null;
        for (String name : names()) {
            Id id = Id.of(name);
            if (id != null && (newest == null || id.endOffset > newest.endOffset)) {
                newest = id;
            }
        }
        return newest;
    }

    private List<String> names() {
        try {
            return files.files(directory);
        } catch (IOException e) {
            throw new StorageException("metadata snapshots: cannot be listed in " + directory + ": " + e, e);
        }
    }

    /** Folds a snapshot's records. */
    void read(Id id, MetadataDelta delta) {
        byte[] content;
        try {
            content = files.read(path(id));
        } catch (IOException e) {
            throw new StorageException("metadata snapshot: " + path(id) + " cannot be read: " + e, e);
        }
        var transactions = new StoredMetadataLog.Transactions(delta);
        var batches = new RecordBatches().reset(Unpooled.wrappedBuffer(content));
        boolean complete = false;
        while (batches.next()) {
            RecordBatch batch = batches.batch();
            if (!batch.isChecksumValid()) {
                throw new StorageException("metadata snapshot: " + path(id) + " is damaged at record "
                        + batch.baseOffset() + " (expected: a valid checksum)");
            }
            if (!batch.isControl()) {
                StoredMetadataLog.readRecords(batch, allocator, transactions);
            }
            complete = batch.isControl();
        }
        if (!complete || batches.bytesLeft() > 0) {
            throw new StorageException("metadata snapshot: " + path(id) + " ends early (expected: a footer)");
        }
    }

    /** The content of a snapshot of {@code image}, for {@link #store}. */
    byte[] encode(Id id, ClusterImage image, long nowMs) {
        ByteBuf out = allocator.buffer();
        try {
            long offset = append(
                    out,
                    id,
                    0,
                    StoredMetadataLog.controlBatch(
                            allocator,
                            ControlRecord.Type.SNAPSHOT_HEADER,
                            new SnapshotHeaderRecord().setVersion((short) 0).setLastContainedLogTimestamp(nowMs),
                            nowMs));
            List<MetadataRecord> records = ImageRecords.of(image);
            for (int from = 0; from < records.size(); from += RECORDS_PER_BATCH) {
                int to = Math.min(records.size(), from + RECORDS_PER_BATCH);
                offset = append(out, id, offset, StoredMetadataLog.batch(allocator, records.subList(from, to), nowMs));
            }
            append(
                    out,
                    id,
                    offset,
                    StoredMetadataLog.controlBatch(
                            allocator,
                            ControlRecord.Type.SNAPSHOT_FOOTER,
                            new SnapshotFooterRecord().setVersion((short) 0),
                            nowMs));
            return ByteBufUtil.getBytes(out);
        } finally {
            out.release();
        }
    }

    /** Stamps and appends a batch, which is released. Returns the offset after it. */
    private static long append(ByteBuf out, Id id, long offset, ByteBuf bytes) {
        try {
            RecordBatch batch = new RecordBatch().wrap(bytes, bytes.readerIndex());
            batch.setBaseOffset(offset);
            batch.setPartitionLeaderEpoch(id.epoch);
            long next = batch.nextOffset();
            out.writeBytes(bytes);
            return next;
        } finally {
            bytes.release();
        }
    }

    /** Makes a snapshot durable, then deletes those before it. */
    void store(Id id, byte[] content) {
        try {
            files.replace(path(id), content);
            for (String name : names()) {
                Id other = Id.of(name);
                if (other != null && other.endOffset < id.endOffset) {
                    files.delete(directory + "/" + name);
                }
            }
        } catch (IOException e) {
            throw new StorageException("metadata snapshot: " + path(id) + " cannot be written: " + e, e);
        }
    }

    private String path(Id id) {
        return directory + "/" + id.fileName();
    }
}
