package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.RecordBatchBuilder;
import dev.barnabas.protocol.record.RecordCursor;
import dev.barnabas.protocol.record.TimestampType;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.CompactionTask;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.file.BlockFile;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Keeps of each key the newest record. First the keys of the dirty segments, those after the last compaction, are mapped to
 * their last offsets; then all sealed segments up to there are copied without the records that are superseded.
 *
 * <p>What stays: offsets, sequences and producers of the batches; tombstones and transaction markers until
 * {@code delete.retention.ms} after the compaction that first met them (KIP-534: the batch carries that time); each
 * producer's last batch and each new segment's last batch, as a header without records if need be. Data of aborted
 * transactions goes.
 *
 * <p>Made on the lane; {@link #run} elsewhere, on files that nobody changes any more; {@link #replacements} on the lane
 * again. The new files are called {@code .cleaned} until they take the place of the old ones.
 */
final class Compaction implements CompactionTask {
    /** The batches were validated, decompressed size included, when they were appended. */
    private static final int DECOMPRESSED_BYTES_MAX = Integer.MAX_VALUE;

    /** A sealed segment as it was on the lane. */
    record Source(LogSegment segment, BlockFile file, int size, long end) {}

    /** What is kept of a batch without records. */
    private enum Header {
        NONE,
        /** Offsets alone, so that the segment ends where it ended. */
        OFFSETS,
        /** Producer, epoch and sequences too, so that the producer's next batch is recognised. */
        WHOLE
    }

    /** The last batch of a producer; -1 for the offset if only a marker is known. */
    record LastBatch(long offset, short epoch) {}

    /** Old segments and the new one that is to stand in their place. */
    record Replacement(List<LogSegment> sources, LogSegment cleaned) {}

    private final LogEnvironment environment;
    private final String directory;
    private final LogConfig config;
    private final List<Source> sources;
    private final long firstDirtyOffset;
    private final List<AbortedTransaction> abortedTransactions;
    private final LongObjectHashMap<LastBatch> lastBatches;
    private final long nowMs;
    private final long offsetMapBytesMax;
    /** Whether the log was closed or deleted meanwhile, and so perhaps its directory renamed. Any thread. */
    private final BooleanSupplier abandoned;

    private final List<Replacement> replacements = new ArrayList<>();
    private long cleanedTo;

    /**
     * @param sources all sealed segments that may be compacted, from the first; their files are retained for this
     * @param abortedTransactions those with data in the sources, wherever their markers are
     */
    Compaction(
            LogEnvironment environment,
            String directory,
            LogConfig config,
            List<Source> sources,
            long firstDirtyOffset,
            List<AbortedTransaction> abortedTransactions,
            LongObjectHashMap<LastBatch> lastBatches,
            long nowMs,
            long offsetMapBytesMax,
            BooleanSupplier abandoned) {
        this.environment = environment;
        this.directory = directory;
        this.config = config;
        this.sources = sources;
        this.firstDirtyOffset = firstDirtyOffset;
        this.abortedTransactions = abortedTransactions;
        this.lastBatches = lastBatches;
        this.nowMs = nowMs;
        this.offsetMapBytesMax = offsetMapBytesMax;
        this.abandoned = abandoned;
    }

    /** What {@link #run} has made. */
    List<Replacement> replacements() {
        return replacements;
    }

    /** The offset up to which the log will be compacted. */
    long cleanedTo() {
        return cleanedTo;
    }

    @Override
    public void run() {
        try {
            environment.health().requireOnline();
            compact();
        } catch (IOException e) {
            if (!abandoned.getAsBoolean()) {
                throw environment.health().fail("compact " + directory, e);
            }
        } finally {
            sources.forEach(source -> source.file().release());
        }
    }

    private void compact() throws IOException {
        long end = sources.get(sources.size() - 1).end();
        var map = new OffsetMap(offsetMapBytesMax, end - firstDirtyOffset);
        cleanedTo = mapKeys(map);
        var transactions = new CleanedTransactions(abortedTransactions);
        for (int from = 0; from < sources.size() && sources.get(from).segment().baseOffset() < cleanedTo; ) {
            int to = groupEnd(from);
            clean(sources.subList(from, to), map, transactions);
            from = to;
        }
    }

    // ---- the map

    /** Returns the offset after the last record whose key is in the map. */
    private long mapKeys(OffsetMap map) throws IOException {
        var dirty = sources.stream()
                .filter(source -> source.end() > firstDirtyOffset)
                .toList();
        long from = dirty.get(0).segment().baseOffset();
        var transactions = new CleanedTransactions(abortedTransactions.stream()
                .filter(transaction -> transaction.lastOffset() >= from)
                .toList());
        for (var source : dirty) {
            try (var scanner = scanner(source);
                    var cursor = cursor()) {
                while (scanner.next()) {
                    long full = mapKeys(scanner, cursor, map, transactions);
                    if (full >= 0) {
                        return full;
                    }
                }
            }
        }
        return sources.get(sources.size() - 1).end();
    }

    /** Returns the offset of the record for which there was no room; -1 if there was for all. */
    private long mapKeys(BatchScanner scanner, RecordCursor cursor, OffsetMap map, CleanedTransactions transactions)
            throws IOException {
        if (scanner.batch().isControl()) {
            scanner.loadWhole();
            transactions.onControl(scanner.batch());
            return -1;
        }
        if (transactions.onData(scanner.batch()) || scanner.batch().lastOffset() < firstDirtyOffset) {
            return -1;
        }
        var bytes = scanner.copy();
        try {
            cursor.reset(new RecordBatch().wrap(bytes, 0));
            while (cursor.next()) {
                var record = cursor.record();
                var key = record.key();
                if (key != null && record.offset() >= firstDirtyOffset && !map.put(key, record.offset())) {
                    return record.offset();
                }
            }
            return -1;
        } finally {
            cursor.close();
            bytes.release();
        }
    }

    // ---- the copy

    /** Small neighbours are merged: the index after the last source of the group that begins with {@code from}. */
    private int groupEnd(int from) {
        long base = sources.get(from).segment().baseOffset();
        long bytes = sources.get(from).size();
        int to = from + 1;
        while (to < sources.size() && sources.get(to).segment().baseOffset() < cleanedTo) {
            bytes += sources.get(to).size();
            if (bytes > config.segmentBytes() || sources.get(to).end() - 1 - base > Integer.MAX_VALUE) {
                break;
            }
            to++;
        }
        return to;
    }

    private void clean(List<Source> group, OffsetMap map, CleanedTransactions transactions) throws IOException {
        var cleaned = LogSegment.cleaned(
                environment, directory, group.get(0).segment().baseOffset());
        boolean changed = group.size() > 1;
        try {
            long groupEnd = group.get(group.size() - 1).end();
            for (var source : group) {
                changed |= clean(source, groupEnd, map, transactions, cleaned);
                for (var kept : transactions.takeKept()) {
                    cleaned.addAborted(kept);
                }
            }
            if (!changed || cleaned.sizeInBytes() == 0) {
                cleaned.discard();
                return;
            }
            cleaned.seal();
            cleaned.force();
        } catch (IOException | RuntimeException e) {
            cleaned.discard();
            throw e;
        }
        replacements.add(new Replacement(group.stream().map(Source::segment).toList(), cleaned));
    }

    /** Copies what stays of one segment; returns whether that is not all. */
    private boolean clean(
            Source source, long groupEnd, OffsetMap map, CleanedTransactions transactions, LogSegment cleaned)
            throws IOException {
        boolean changed = false;
        try (var scanner = scanner(source);
                var cursor = cursor()) {
            while (scanner.next()) {
                var bytes = scanner.copy();
                try {
                    var batch = new RecordBatch().wrap(bytes, 0);
                    changed |= clean(batch, header(batch, groupEnd), cursor, map, transactions, cleaned);
                } finally {
                    cursor.close();
                    bytes.release();
                }
            }
        }
        return changed;
    }

    private Header header(RecordBatch batch, long groupEnd) {
        if (isLastOfProducer(batch) || batch.nextOffset() == cleanedTo) {
            return Header.WHOLE;
        }
        return batch.nextOffset() == groupEnd ? Header.OFFSETS : Header.NONE;
    }

    private boolean isLastOfProducer(RecordBatch batch) {
        var last = batch.hasProducerId() ? lastBatches.get(batch.producerId()) : null;
        if (last == null) {
            return false;
        }
        return last.offset() >= 0
                ? batch.lastOffset() == last.offset()
                : batch.isControl() && batch.producerEpoch() == last.epoch();
    }

    private boolean clean(
            RecordBatch batch,
            Header header,
            RecordCursor cursor,
            OffsetMap map,
            CleanedTransactions transactions,
            LogSegment cleaned)
            throws IOException {
        boolean control = batch.isControl();
        boolean obsolete = control ? transactions.onControl(batch) : transactions.onData(batch);
        boolean horizonPassed = batch.hasDeleteHorizon() && batch.deleteHorizonMs() <= nowMs;
        boolean dropAll = control ? obsolete && horizonPassed : obsolete;
        int kept = 0;
        boolean tombstones = false;
        if (!dropAll) {
            cursor.reset(batch);
            while (cursor.next()) {
                if (control || isKept(cursor, map, horizonPassed)) {
                    kept++;
                    tombstones |= !control && !cursor.record().hasValue();
                }
            }
        }
        boolean newHorizon = !batch.hasDeleteHorizon() && (tombstones || (control && obsolete && kept > 0));
        if (kept == batch.recordCount() && !newHorizon && kept > 0) {
            append(batch.buffer(), cleaned);
            return false;
        }
        if (kept > 0) {
            rewrite(batch, cursor, map, horizonPassed, newHorizon, cleaned);
        } else if (header != Header.NONE) {
            return appendHeader(batch, header, cleaned);
        }
        return true;
    }

    private boolean isKept(RecordCursor cursor, OffsetMap map, boolean horizonPassed) {
        var record = cursor.record();
        if (record.offset() >= cleanedTo) {
            return true;
        }
        var key = record.key();
        return key != null && record.offset() >= map.get(key) && (record.hasValue() || !horizonPassed);
    }

    private void rewrite(
            RecordBatch batch,
            RecordCursor cursor,
            OffsetMap map,
            boolean horizonPassed,
            boolean newHorizon,
            LogSegment cleaned)
            throws IOException {
        try (var builder = builder(batch)) {
            if (newHorizon) {
                builder.deleteHorizonMs(nowMs + config.deleteRetentionMs());
            } else if (batch.hasDeleteHorizon()) {
                builder.deleteHorizonMs(batch.deleteHorizonMs());
            }
            builder.compression(batch.compression());
            cursor.reset(batch);
            while (cursor.next()) {
                if (batch.isControl() || isKept(cursor, map, horizonPassed)) {
                    builder.append(cursor.record());
                }
            }
            appendAndRelease(builder.build(batch.lastOffset()), cleaned);
        }
    }

    /** Writes a batch whose records are all gone; returns whether it is not the same as before. */
    private boolean appendHeader(RecordBatch batch, Header header, LogSegment cleaned) throws IOException {
        if (batch.recordCount() == 0 && (header == Header.WHOLE || !batch.hasProducerId())) {
            append(batch.buffer(), cleaned);
            return false;
        }
        try (var builder = builder(batch).compression(Compression.NONE)) {
            if (header == Header.OFFSETS) {
                builder.producer(RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH, RecordBatch.NO_SEQUENCE)
                        .transactional(false)
                        .control(false);
            }
            var empty = builder.build(batch.lastOffset());
            new RecordBatch().wrap(empty, 0).setMaxTimestamp(batch.timestampType(), batch.maxTimestamp());
            appendAndRelease(empty, cleaned);
        }
        return true;
    }

    private RecordBatchBuilder builder(RecordBatch batch) {
        var builder = new RecordBatchBuilder(environment.allocator())
                .baseOffset(batch.baseOffset())
                .partitionLeaderEpoch(batch.partitionLeaderEpoch())
                .producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence())
                .transactional(batch.isTransactional())
                .control(batch.isControl());
        return batch.timestampType() == TimestampType.LOG_APPEND_TIME
                ? builder.logAppendTime(batch.maxTimestamp())
                : builder;
    }

    private void appendAndRelease(ByteBuf bytes, LogSegment cleaned) throws IOException {
        try {
            append(bytes, cleaned);
        } finally {
            bytes.release();
        }
    }

    private void append(ByteBuf bytes, LogSegment cleaned) throws IOException {
        int position = cleaned.sizeInBytes();
        cleaned.stage(bytes, nowMs);
        cleaned.writeStaged();
        cleaned.index(new RecordBatch().wrap(bytes, bytes.readerIndex()), position, config.indexIntervalBytes());
    }

    private BatchScanner scanner(Source source) {
        return new BatchScanner(
                environment.allocator(), source.file(), 0, source.size(), BatchScanner.SEQUENTIAL_CHUNK_BYTES);
    }

    private RecordCursor cursor() {
        return new RecordCursor(environment.allocator(), DECOMPRESSED_BYTES_MAX);
    }
}
