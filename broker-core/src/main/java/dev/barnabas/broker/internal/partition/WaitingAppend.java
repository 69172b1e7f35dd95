package dev.barnabas.broker.internal.partition;

import dev.barnabas.storage.AppendResult;

/**
 * An append that is written and not acknowledged.
 *
 * @param requiredOffset what the high watermark, or the durable offset, has to reach
 * @param needsCommit whether it is the high watermark ({@code acks=-1})
 * @param deadlineNanos when it ends with REQUEST_TIMED_OUT
 */
record WaitingAppend(
        long requiredOffset,
        boolean needsCommit,
        long deadlineNanos,
        AppendResult result,
        Partition.AppendCallback callback) {}
