package dev.barnabas.storage.log;

import dev.barnabas.protocol.record.CorruptBatchException;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.AbortedTransaction;
import dev.barnabas.storage.ReadResult;
import dev.barnabas.storage.file.BlockFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of batches that begins at its base offset, with its indexes. The last segment of a log is <em>active</em>: it
 * grows, and its indexes are held in memory. The others are <em>sealed</em>: their indexes are on disk, and in memory
 * while it lasts once they were asked for.
 */
final class LogSegment {
    private static final Logger log = LoggerFactory.getLogger(LogSegment.class);
    private static final long UNKNOWN = Long.MIN_VALUE;
    /** Interval of an index that is built anew for a sealed segment. */
    private static final int REBUILT_INDEX_INTERVAL_BYTES = 4096;

    private static final int PAGE_BYTES = 4096;

    /** What one write takes at most, unless a single append is larger: beyond this the call's own cost is lost in the copy. */
    private static final int GATHERED_BYTES_MAX = 1 << 20;

    /** Well below the 1,024 buffers that one system call takes. */
    private static final int GATHERED_BUFFERS_MAX = 256;

    private static final String[] SUFFIXES = {
        SegmentFiles.LOG, SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_INDEX
    };

    /** Told of each batch while a segment is read from end to end. The view is good during the call. */
    @FunctionalInterface
    interface BatchVisitor {
        void onBatch(RecordBatch batch, BatchScanner scanner) throws IOException;
    }

    /**
     * What {@link #recover} found.
     *
     * @param nextOffset the offset after the last batch
     * @param complete whether the indexes, as they were on disk, end where the batches do
     */
    record Recovered(long nextOffset, boolean complete) {}

    private final LogEnvironment environment;
    private final String directory;
    private final long baseOffset;
    /** Ends the names of the files: nothing, or {@link SegmentFiles#CLEANED}. */
    private final String stage;
    /** When the last batch was written; and see {@link #createdMs()}. Both serve where batches have no timestamps. */
    private long lastWriteMs;

    private long createdMs;
    private @Nullable BlockFile file;
    private int size;

    /** Appends that wait for their common write. */
    private final List<ByteBuf> staged = new ArrayList<>(0);

    private int stagedBytes;

    private @Nullable SegmentIndexes activeIndexes;
    private SoftReference<SegmentIndexes> sealedIndexes = new SoftReference<>(null);
    private @Nullable AbortedTransactionIndex abortedTransactions;
    private @Nullable TailPositions tail;
    private int bytesSinceIndexEntry;
    private long maxTimestamp = UNKNOWN;
    private long offsetOfMaxTimestamp;
    private long firstTimestamp = UNKNOWN;

    private LogSegment(
            LogEnvironment environment, String directory, long baseOffset, String stage, int size, long writtenMs) {
        this.environment = environment;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.stage = stage;
        this.size = size;
        this.createdMs = writtenMs;
        this.lastWriteMs = writtenMs;
    }

    /** A new active segment. Its file is created with the first append. */
    static LogSegment create(LogEnvironment environment, String directory, long baseOffset) {
        return empty(environment, directory, baseOffset, "");
    }

    /** A new segment in files called {@code .cleaned}; what an earlier compaction left of that name is deleted. */
    static LogSegment cleaned(LogEnvironment environment, String directory, long baseOffset) throws IOException {
        var segment = empty(environment, directory, baseOffset, SegmentFiles.CLEANED);
        segment.discard();
        return segment;
    }

    private static LogSegment empty(LogEnvironment environment, String directory, long baseOffset, String stage) {
        var segment = new LogSegment(environment, directory, baseOffset, stage, 0, 0);
        segment.activeIndexes = SegmentIndexes.empty(baseOffset);
        segment.abortedTransactions = new AbortedTransactionIndex();
        segment.maxTimestamp = RecordBatch.NO_TIMESTAMP;
        segment.offsetOfMaxTimestamp = baseOffset;
        return segment;
    }

    /** A segment whose file exists, sealed. */
    static LogSegment existing(LogEnvironment environment, String directory, long baseOffset, long nowMs)
            throws IOException {
        var path = SegmentFiles.path(directory, baseOffset, SegmentFiles.LOG);
        long size = environment.files().size(path);
        if (size > Integer.MAX_VALUE) {
            throw new IOException("segment bytes: " + size + " of " + path + " (expected: at most 2 GiB)");
        }
        long modifiedMs = environment.files().lastModifiedMs(path);
        return new LogSegment(environment, directory, baseOffset, "", (int) size, modifiedMs > 0 ? modifiedMs : nowMs);
    }

    long baseOffset() {
        return baseOffset;
    }

    int sizeInBytes() {
        return size;
    }

    /** When the first batch was written, or, after a restart, the last one of before. */
    long createdMs() {
        return createdMs;
    }

    /** Creates the file now, so that the log's end is known after a restart although nothing was appended. */
    void createFile() throws IOException {
        openFile();
    }

    /** The open file. */
    BlockFile openFile() throws IOException {
        var open = file;
        if (open == null) {
            open = environment.files().open(path(SegmentFiles.LOG));
            file = open;
        }
        return open;
    }

    /** Whether there is a file; the first segment of a log that was never written has none. */
    boolean hasFile() {
        return file != null || size > 0 || environment.files().exists(path(SegmentFiles.LOG));
    }

    // ---- writing

    /** Whether so many bytes more may wait for the same write. */
    boolean hasRoomToStage(int bytes) {
        return staged.isEmpty() || (stagedBytes <= GATHERED_BYTES_MAX - bytes && staged.size() < GATHERED_BUFFERS_MAX);
    }

    /** Where the next batch goes: after what is written and what is staged. */
    int endPosition() {
        return size + stagedBytes;
    }

    /** Takes batches to be written at the end, borrowed until {@link #writeStaged}. {@link #index} is to be called for each, too. */
    void stage(ByteBuf batches, long nowMs) {
        if (endPosition() == 0) {
            createdMs = nowMs;
        }
        lastWriteMs = nowMs;
        staged.add(batches);
        stagedBytes += batches.readableBytes();
    }

    /** Writes what is staged in one go, and returns how many bytes. If that fails, the file is as it was before, if it can be. */
    int writeStaged() throws IOException {
        int bytes = stagedBytes;
        if (bytes == 0) {
            return 0;
        }
        try {
            var target = openFile();
            try {
                target.append(staged);
            } catch (IOException | RuntimeException | Error e) {
                cut(target, e);
                throw e;
            }
            size += bytes;
        } finally {
            staged.clear();
            stagedBytes = 0;
        }
        return bytes;
    }

    private void cut(BlockFile target, Throwable cause) {
        try {
            target.truncate(size);
        } catch (IOException | RuntimeException | Error again) {
            if (again != cause) {
                cause.addSuppressed(again);
            }
        }
    }

    /** Notes where a batch of the active segment lies. */
    void index(RecordBatch batch, int position, int indexIntervalBytes) {
        var indexes = requireActive();
        long lastOffset = batch.lastOffset();
        long timestamp = batch.maxTimestamp();
        if (firstTimestamp == UNKNOWN) {
            firstTimestamp = timestamp;
        }
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
            offsetOfMaxTimestamp = lastOffset;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            indexes.offsets().append(lastOffset, position);
            indexes.times().append(maxTimestamp, offsetOfMaxTimestamp);
            bytesSinceIndexEntry = 0;
        }
        int batchBytes = batch.sizeInBytes();
        bytesSinceIndexEntry += batchBytes;
        if (tail == null) {
            tail = new TailPositions();
        }
        tail.add(batch.baseOffset(), lastOffset, position, batchBytes);
    }

    void addAborted(AbortedTransaction transaction) throws IOException {
        abortedTransactions().append(transaction);
    }

    private SegmentIndexes requireActive() {
        var indexes = activeIndexes;
        if (indexes == null) {
            throw new IllegalStateException("segment: " + path(SegmentFiles.LOG) + " is sealed (expected: active)");
        }
        return indexes;
    }

    /** Whether an index has no room for another entry. */
    boolean isIndexFull(int segmentIndexBytes) {
        var indexes = requireActive();
        return indexes.offsets().sizeInBytes() > segmentIndexBytes - OffsetIndex.ENTRY_BYTES
                || indexes.times().sizeInBytes() > segmentIndexBytes - 2 * TimeIndex.ENTRY_BYTES;
    }

    /** Timestamp of the first batch; negative if there is none or it has none. */
    long firstTimestamp() throws IOException {
        if (firstTimestamp == UNKNOWN && size > 0) {
            try (var scanner = scanner(0, RecordBatch.HEADER_BYTES)) {
                firstTimestamp = scanner.next() ? scanner.batch().maxTimestamp() : RecordBatch.NO_TIMESTAMP;
            }
        }
        return firstTimestamp;
    }

    /** The highest timestamp in the segment; where no record has one, the time of the last write. */
    long largestTimestampMs() throws IOException {
        long known = maxTimestamp();
        return known >= 0 ? known : lastWriteMs;
    }

    /** The highest timestamp in the segment; -1 if there is none. */
    long maxTimestamp() throws IOException {
        if (maxTimestamp == UNKNOWN) {
            var times = indexes().times();
            maxTimestamp = times.lastTimestamp();
            offsetOfMaxTimestamp = times.lastOffset();
        }
        return maxTimestamp;
    }

    /** Last offset of the batch that holds the highest timestamp. */
    long offsetOfMaxTimestamp() throws IOException {
        maxTimestamp();
        return offsetOfMaxTimestamp;
    }

    /** The indexes of an active segment are completed and go to disk; the segment grows no more. */
    void seal() throws IOException {
        var indexes = activeIndexes;
        if (indexes == null) {
            return;
        }
        saveIndexes();
        sealedIndexes = new SoftReference<>(indexes);
        activeIndexes = null;
        tail = null;
    }

    /** Writes the indexes of the active segment as they would be if it ended here. */
    void saveIndexes() throws IOException {
        var indexes = activeIndexes;
        if (indexes == null || !hasFile()) {
            return;
        }
        indexes.times().append(maxTimestamp, offsetOfMaxTimestamp);
        writeIndexes(indexes);
        saveAborted();
    }

    private void saveAborted() throws IOException {
        var index = abortedTransactions();
        var path = path(SegmentFiles.TRANSACTION_INDEX);
        if (index.isEmpty()) {
            environment.files().delete(path);
        } else {
            var bytes = Unpooled.buffer(index.sizeInBytes());
            index.writeTo(bytes);
            environment.files().write(path, bytes);
        }
    }

    // ---- opening

    /**
     * Makes this the active segment, trusting its indexes if they can belong to it, and building them anew if not.
     *
     * @return the offset after the last batch
     * @throws CorruptBatchException if the file does not end with a whole batch
     */
    long activate(int indexIntervalBytes) throws IOException {
        activeIndexes = indexes();
        tail = null;
        bytesSinceIndexEntry = 0;
        maxTimestamp = activeIndexes.times().lastTimestamp();
        offsetOfMaxTimestamp = activeIndexes.times().lastOffset();
        return indexTail(indexIntervalBytes);
    }

    /** Reads the batches from the last index entry on. */
    private long indexTail(int indexIntervalBytes) throws IOException {
        int from = requireActive().offsets().lastPosition();
        long next = baseOffset;
        if (from > 0) {
            firstTimestamp();
        }
        try (var scanner = scanner(from, BatchScanner.SEQUENTIAL_CHUNK_BYTES)) {
            while (scanner.next()) {
                if (scanner.position() == from && from > 0) {
                    skipIndexed(scanner.batch(), from);
                } else {
                    index(scanner.batch(), scanner.position(), indexIntervalBytes);
                }
                next = scanner.batch().nextOffset();
            }
        }
        return next;
    }

    /** The batch of the last index entry is in the index already. */
    private void skipIndexed(RecordBatch batch, int position) {
        if (batch.maxTimestamp() > maxTimestamp) {
            maxTimestamp = batch.maxTimestamp();
            offsetOfMaxTimestamp = batch.lastOffset();
        }
        bytesSinceIndexEntry = batch.sizeInBytes();
        tail = new TailPositions();
        tail.add(batch.baseOffset(), batch.lastOffset(), position, batch.sizeInBytes());
    }

    /**
     * Reads every byte of the segment, builds its indexes anew and cuts the file before the first batch that is damaged
     * or out of order. The segment is active afterwards.
     *
     */
    Recovered recover(int indexIntervalBytes, BatchVisitor visitor) throws IOException {
        var before = savedTimeIndex();
        activeIndexes = SegmentIndexes.empty(baseOffset);
        abortedTransactions = new AbortedTransactionIndex();
        tail = null;
        bytesSinceIndexEntry = 0;
        maxTimestamp = RecordBatch.NO_TIMESTAMP;
        offsetOfMaxTimestamp = baseOffset;
        firstTimestamp = UNKNOWN;
        long next = baseOffset;
        int valid = 0;
        try (var scanner = scanner(0, BatchScanner.SEQUENTIAL_CHUNK_BYTES)) {
            while (scanner.next()) {
                var batch = scanner.batch();
                requireSound(scanner, next);
                index(batch, scanner.position(), indexIntervalBytes);
                visitor.onBatch(batch, scanner);
                next = batch.nextOffset();
                valid = scanner.batchPosition().end();
            }
        } catch (CorruptBatchException e) {
            log.warn(
                    "Truncated a log at its first invalid batch segment={} offset={} position={} bytesDropped={} reason={}",
                    path(SegmentFiles.LOG),
                    next,
                    valid,
                    size - valid,
                    e.getMessage());
            openFile().truncate(valid);
            size = valid;
        }
        boolean complete = before.entries() > 0
                && before.lastTimestamp() == maxTimestamp
                && before.lastOffset() == offsetOfMaxTimestamp;
        return new Recovered(next, complete);
    }

    private TimeIndex savedTimeIndex() throws IOException {
        try {
            return readIndexes().times();
        } catch (CorruptIndexException e) {
            return new TimeIndex(baseOffset);
        }
    }

    private void requireSound(BatchScanner scanner, long expectedOffset) throws IOException {
        var batch = scanner.batch();
        long first = batch.baseOffset();
        if (first < expectedOffset
                || batch.lastOffsetDelta() < 0
                || batch.lastOffset() - baseOffset > Integer.MAX_VALUE) {
            throw new CorruptBatchException("batch offsets: " + first + ".." + batch.lastOffset() + " (expected: from "
                    + expectedOffset + " on)");
        }
        if (!scanner.isChecksumValid()) {
            throw new CorruptBatchException(
                    "batch checksum of offset " + first + ": " + batch.checksum() + " (expected: that of its bytes)");
        }
    }

    /** The indexes, from memory, from disk, or built anew from the batches' headers. */
    SegmentIndexes indexes() throws IOException {
        var indexes = activeIndexes;
        if (indexes == null) {
            indexes = sealedIndexes.get();
        }
        if (indexes == null) {
            try {
                indexes = readIndexes();
            } catch (CorruptIndexException e) {
                log.info(
                        "Builds the indexes of a segment anew segment={} reason={}",
                        path(SegmentFiles.LOG),
                        e.getMessage());
                indexes = rebuildIndexes();
            }
            sealedIndexes = new SoftReference<>(indexes);
        }
        return indexes;
    }

    private SegmentIndexes readIndexes() throws IOException, CorruptIndexException {
        return SegmentIndexes.read(
                environment.files(), path(SegmentFiles.OFFSET_INDEX), path(SegmentFiles.TIME_INDEX), baseOffset, size);
    }

    private void writeIndexes(SegmentIndexes indexes) throws IOException {
        indexes.write(environment.files(), path(SegmentFiles.OFFSET_INDEX), path(SegmentFiles.TIME_INDEX));
    }

    private SegmentIndexes rebuildIndexes() throws IOException {
        var rebuilt = new LogSegment(environment, directory, baseOffset, stage, size, createdMs);
        rebuilt.file = openFile();
        rebuilt.activeIndexes = SegmentIndexes.empty(baseOffset);
        rebuilt.maxTimestamp = RecordBatch.NO_TIMESTAMP;
        rebuilt.offsetOfMaxTimestamp = baseOffset;
        rebuilt.indexTail(REBUILT_INDEX_INTERVAL_BYTES);
        rebuilt.activeIndexes.times().append(rebuilt.maxTimestamp, rebuilt.offsetOfMaxTimestamp);
        writeIndexes(rebuilt.activeIndexes);
        return rebuilt.activeIndexes;
    }

    // ---- reading

    /** The batch that holds {@code offset}, or else the first one after it; null if there is none. */
    @Nullable
    BatchPosition find(long offset) throws IOException {
        if (size == 0) {
            return null;
        }
        var known = tail == null ? null : tail.find(offset);
        if (known != null) {
            return known;
        }
        int from = indexes().offsets().positionBefore(offset);
        try (var scanner = scanner(from, BatchScanner.LOOKUP_CHUNK_BYTES)) {
            while (scanner.next()) {
                if (scanner.batch().lastOffset() >= offset) {
                    return scanner.batchPosition();
                }
            }
        }
        return null;
    }

    /**
     * Reads whole batches from the one that holds {@code offset} on.
     *
     * @param upperOffset batches at and above it are left out; {@link Long#MAX_VALUE} for none
     * @return null if all batches of this segment lie below {@code offset}
     */
    @Nullable
    ReadResult read(long offset, int maxBytes, long upperOffset, boolean minOneBatch) throws IOException {
        var first = find(offset);
        if (first == null) {
            return null;
        }
        int limit = limit(upperOffset);
        if (first.position() >= limit) {
            return new ReadResult(EmptySlice.INSTANCE, offset, false);
        }
        int end;
        if (limit - first.position() <= maxBytes) {
            end = limit;
        } else if (first.sizeInBytes() >= maxBytes) {
            end = minOneBatch || first.sizeInBytes() == maxBytes ? first.end() : first.position();
        } else {
            end = endWithin(first, maxBytes);
        }
        boolean truncated = end < limit;
        if (end == first.position()) {
            return new ReadResult(EmptySlice.INSTANCE, offset, truncated);
        }
        var slice = new SegmentSlice(openFile(), first.position(), end - first.position());
        return new ReadResult(slice, first.baseOffset(), truncated);
    }

    private int limit(long upperOffset) throws IOException {
        if (upperOffset == Long.MAX_VALUE) {
            return size;
        }
        var upper = find(upperOffset);
        return upper == null ? size : upper.position();
    }

    /** The end of a batch within {@code maxBytes} of the beginning of {@code first}, which is smaller than that. */
    private int endWithin(BatchPosition first, int maxBytes) throws IOException {
        int target = first.position() + maxBytes; // less than size
        int known = tail == null ? -1 : tail.floorPosition(target);
        if (known < 0) {
            known = indexes().offsets().floorPosition(target);
        }
        int end = Math.max(known, first.position());
        if (end > first.position()) {
            return end;
        }
        try (var scanner = scanner(end, BatchScanner.LOOKUP_CHUNK_BYTES)) {
            while (scanner.next() && scanner.batchPosition().end() <= target) {
                end = scanner.batchPosition().end();
            }
        }
        return end;
    }

    /** A walk over the headers from {@code from} to the end of what is written. */
    BatchScanner scanner(int from, int chunkBytes) throws IOException {
        return new BatchScanner(environment.allocator(), openFile(), from, size, chunkBytes);
    }

    /** Adds the aborted transactions overlapping [from, upper); returns whether later segments need not be asked. */
    boolean collectAborted(long from, long upper, List<AbortedTransaction> found) throws IOException {
        return abortedTransactions().collect(from, upper, found);
    }

    AbortedTransactionIndex abortedTransactions() throws IOException {
        var index = abortedTransactions;
        if (index == null) {
            index = readAborted();
            abortedTransactions = index;
        }
        return index;
    }

    private AbortedTransactionIndex readAborted() throws IOException {
        var path = path(SegmentFiles.TRANSACTION_INDEX);
        if (!environment.files().exists(path)) {
            return new AbortedTransactionIndex();
        }
        try {
            return AbortedTransactionIndex.read(
                    baseOffset, Unpooled.wrappedBuffer(environment.files().read(path)));
        } catch (CorruptIndexException e) {
            throw new IOException("transaction index: " + path + " is damaged", e);
        }
    }

    // ---- the end

    /**
     * Drops the batches that hold {@code offset} or more, what was noted of others that are not written, and what a failed
     * write left of them, and makes this the active segment.
     */
    void truncateTo(long offset, int indexIntervalBytes) throws IOException {
        abortedTransactions().truncateTo(offset);
        var indexes = indexes();
        indexes.offsets().truncateTo(offset);
        indexes.times().truncateTo(offset);
        activeIndexes = indexes;
        tail = null;
        var cut = find(offset);
        if (cut != null) {
            size = cut.position();
        }
        openFile().truncate(size);
        if (size == 0) {
            firstTimestamp = UNKNOWN;
        }
        activate(indexIntervalBytes);
    }

    /**
     * Paths of the index files that a flush of a segment has to force. An index of offsets or times that fits into a page
     * is not among them: a crash of the machine leaves all of it or nothing, and an empty one is built anew.
     */
    List<String> indexPathsToForce() throws IOException {
        var paths = new ArrayList<String>(1);
        if (indexes().offsets().sizeInBytes() > PAGE_BYTES) {
            paths.add(path(SegmentFiles.OFFSET_INDEX));
        }
        if (indexes().times().sizeInBytes() > PAGE_BYTES) {
            paths.add(path(SegmentFiles.TIME_INDEX));
        }
        if (!abortedTransactions().isEmpty()) {
            paths.add(path(SegmentFiles.TRANSACTION_INDEX));
        }
        return paths;
    }

    /** Renames the files out of the way, to be deleted later, and lets go of the file: readers in flight keep theirs. */
    void delete(long deadlineMs) throws IOException {
        close();
        for (var suffix : SUFFIXES) {
            expire(environment, path(suffix), deadlineMs);
        }
    }

    /** Deletes the files at once. */
    void discard() throws IOException {
        close();
        for (var suffix : SUFFIXES) {
            environment.files().delete(path(suffix));
        }
    }

    /** Returns when the segment and its indexes are on disk. */
    void force() throws IOException {
        openFile().force();
        for (var path : indexPathsToForce()) {
            environment.files().force(path);
        }
    }

    static void expire(LogEnvironment environment, String path, long deadlineMs) throws IOException {
        if (environment.files().exists(path)) {
            environment.files().rename(path, path + SegmentFiles.DELETED);
            environment.expiring().addFile(path + SegmentFiles.DELETED, deadlineMs);
        }
    }

    /** Lets go of the file; saves nothing. */
    void close() {
        var open = file;
        file = null;
        if (open != null) {
            open.release();
        }
    }

    private String path(String suffix) {
        return SegmentFiles.path(directory, baseOffset, suffix) + stage;
    }
}
