package dev.barnabas.broker.internal.group;

import java.util.List;
import java.util.function.Consumer;

/** Where a shard's records are kept: its partition of {@code __consumer_offsets}. Lane only. */
interface GroupLog {

    /** Appends {@code records}, at least one, and calls {@code listener} once, on the lane, when that is committed or failed. */
    void append(List<GroupRecord> records, Outcome.WriteListener listener);

    /**
     * Hands every record to {@code into}, oldest first; what a leader has in its log when it begins is, or will be, committed.
     *
     * @throws dev.barnabas.protocol.ApiException if the log cannot be read
     */
    void replay(Consumer<GroupRecord> into);

    /** Records that {@link #replay} would have to read; 0 if some are not the shard's own, and so cannot be restated. */
    long size();

    /**
     * Appends {@code all}, which say everything that those before them say, and drops those as soon as {@code all} are
     * safely on the disk.
     */
    void restate(List<GroupRecord> all, Outcome.WriteListener listener);
}
