package dev.barnabas.storage;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The segmented append-only log of one partition. Offsets grow by one a record; {@code logStartOffset <= lastStableOffset
 * <= highWatermark <= logEndOffset}.
 *
 * <p>Single writer: every method runs on the partition's lane, except the plain reads of an offset, which any thread may
 * call and which then see a value of the recent past. Methods throw {@link ApiException} for what the client is to be
 * told, and {@link StorageException} when the disk failed; after that the log is offline and every call throws.
 */
public interface PartitionLog {

    TopicPartition topicPartition();

    Uuid topicId();

    LogConfig config();

    /** Takes a new configuration into force for what comes; existing segments are kept. */
    void updateConfig(LogConfig config);

    /** First offset that may be read. */
    long logStartOffset();

    /** The offset that the next record gets. */
    long logEndOffset();

    long highWatermark();

    /** Raises the high watermark to {@code offset}, at most the log's end. Returns whether it moved. */
    boolean updateHighWatermark(long offset);

    /** The first offset of the oldest undecided transaction, else the high watermark. */
    long lastStableOffset();

    /** The newest leader epoch with a record in the log. */
    OptionalInt latestEpoch();

    /**
     * Appends validated batches of format v2 as the leader: checks the producers' epochs and sequences, assigns offsets,
     * stamps base offset and leader epoch into {@code batches} in place, writes the same bytes, updates the indexes.
     * {@code batches} is borrowed: it is not consumed, kept or released.
     *
     * @param batches whole batches, back to back, already checked by RecordBatchValidator
     * @param nowMs wall clock, milliseconds since the epoch
     * @return offsets of what was written, or of the earlier identical batch if this is a producer's retry
     * @throws ApiException OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, RECORD_LIST_TOO_LARGE, ...: nothing was
     *     written
     */
    default AppendResult appendAsLeader(ByteBuf batches, int leaderEpoch, AppendOrigin origin, long nowMs) {
        return appendAsLeader(List.of(batches), leaderEpoch, origin, nowMs)
                .get(0)
                .get();
    }

    /**
     * Appends each of {@code group}, in order, with the outcome that it would have by itself, and with as few writes as can
     * be. One that is refused keeps no other from being written; when one fails, so does what was not written yet: with a
     * {@link StorageException} if the disk did, which ends the log's service, and else with an
     * {@link AppendFailedException}, after which the log goes on. {@link #logEndOffset} moves with each write.
     *
     * @return the outcomes, in the same order
     * @throws StorageException if the log was offline before: nothing was written
     */
    List<AppendOutcome> appendAsLeader(List<ByteBuf> group, int leaderEpoch, AppendOrigin origin, long nowMs);

    /** Appends batches fetched from the leader as they are, offsets and epochs included. */
    AppendResult appendAsFollower(ByteBuf batches, long nowMs);

    /**
     * Finds whole batches, beginning with the one that holds {@code offset}, without copying them.
     *
     * @param maxBytes length at most, except that with {@code minOneBatch} the first batch comes whole
     * @param upperOffset batches at or above it are left out (high watermark, last stable offset, or log end)
     * @return a result whose records the caller must {@link RecordSlice#release}
     * @throws ApiException OFFSET_OUT_OF_RANGE if {@code offset} is outside [logStartOffset, logEndOffset]
     */
    ReadResult read(long offset, int maxBytes, long upperOffset, boolean minOneBatch);

    /** The aborted transactions that overlap [{@code fromOffset}, {@code upperOffset}), in order of their last offset. */
    List<AbortedTransaction> abortedTransactions(long fromOffset, long upperOffset);

    /** The first record with a timestamp of at least {@code timestampMs} below {@code upperOffset}; null if none. */
    @Nullable
    TimestampAndOffset offsetForTimestamp(long timestampMs, long upperOffset);

    /** The record holding the highest timestamp below {@code upperOffset}; null if the log is empty. */
    @Nullable
    TimestampAndOffset offsetOfMaxTimestamp(long upperOffset);

    /** The largest epoch at most {@code epoch} with its end offset (KIP-101, KIP-279); (-1, -1) if there is none. */
    EpochEndOffset endOffsetForEpoch(int epoch);

    /** The epoch that was in force at {@code offset}; empty if unknown. */
    OptionalInt epochForOffset(long offset);

    /** Moves the log start forward (DeleteRecords, retention); segments wholly below it are deleted. Returns whether it moved. */
    boolean advanceLogStartOffset(long offset, long nowMs);

    /** Drops everything at and above {@code offset}. */
    void truncateTo(long offset);

    /** Empties the log and lets it begin anew at {@code offset}. */
    void truncateFullyAndStartAt(long offset);

    /** Applies retention by time and size and rolls an aged active segment. Returns the number of segments deleted. */
    int applyRetention(long nowMs);

    /** The producers with state here, for DescribeProducers. */
    List<ProducerState> activeProducers();

    /** Forgets producers idle for longer than the configured expiration. */
    void expireProducers(long nowMs);

    /** Bytes of all segments' {@code .log} files. Any thread. */
    long sizeInBytes();

    /** First offset not yet forced to disk. Any thread. */
    long recoveryPoint();

    /**
     * Whether {@code flush.messages} or {@code flush.ms} asks for a flush now, or a segment was completed and is not yet
     * on disk. Never true when everything is.
     */
    boolean isFlushDue(long nowMs);

    /**
     * Captures what must be forced to disk so that everything appended so far is durable. The returned task may run on
     * any thread, once, while this lane goes on appending (group commit); {@link #onFlushed} reports back.
     */
    FlushTask prepareFlush();

    /** Called on the lane after {@code task} ran without an error. */
    void onFlushed(FlushTask task);

    /**
     * Decides whether compaction is due ({@code cleanup.policy}, {@code min.cleanable.dirty.ratio}, the compaction lags) and
     * captures what it needs. The returned task may run on any thread, once, while this lane goes on; {@link #onCompacted}
     * reports back. At most one at a time.
     *
     * @param offsetMapBytesMax memory for the map of keys; what does not fit waits for the next time
     * @return null if nothing is to be done now
     */
    @Nullable
    CompactionTask prepareCompaction(long nowMs, long offsetMapBytesMax);

    /** Called on the lane after {@code task} ran without an error: puts the compacted segments in the place of the old ones. */
    void onCompacted(CompactionTask task, long nowMs);
}
