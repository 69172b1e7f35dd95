package dev.barnabas.broker.internal.partition;

import io.netty.buffer.ByteBuf;

/**
 * What a producer wants appended to one partition; the rest is as for {@link Partition#append}.
 *
 * @param batches borrowed until {@code callback} has been called
 */
public record LeaderAppend(ByteBuf batches, int requiredAcks, int timeoutMs, Partition.AppendCallback callback) {}
