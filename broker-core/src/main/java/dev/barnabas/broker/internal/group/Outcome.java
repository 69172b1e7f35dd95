package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ErrorCode;
import java.util.List;

/**
 * What an operation on a shard decided.
 *
 * @param records to append to the shard's partition, in one batch; may be empty
 * @param onWritten called once the records are committed and applied, or could not be written; at once if there are none
 */
record Outcome(List<GroupRecord> records, WriteListener onWritten) {

    /** Nothing to write, nothing to wait for. */
    static final Outcome NOTHING = new Outcome(List.of(), error -> {});

    static Outcome write(GroupRecord record, WriteListener onWritten) {
        return new Outcome(List.of(record), onWritten);
    }

    /** The same, with {@code next} called after {@link #onWritten}. */
    Outcome andThen(WriteListener next) {
        return new Outcome(records, error -> {
            onWritten.onWritten(error);
            next.onWritten(error);
        });
    }

    /** Told how an append ended. */
    @FunctionalInterface
    interface WriteListener {
        /** @param error {@link ErrorCode#NONE} if the records are committed */
        void onWritten(ErrorCode error);
    }
}
