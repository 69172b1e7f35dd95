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
}
