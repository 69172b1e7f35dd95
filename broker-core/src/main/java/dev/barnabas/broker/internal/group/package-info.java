/**
 * Classic groups (KIP-62, KIP-134, KIP-345, KIP-394, KIP-429) and the offsets they commit. A
 * {@link dev.barnabas.broker.internal.group.GroupShard} holds what one partition of {@code __consumer_offsets} holds, and
 * lives on that partition's lane; {@link dev.barnabas.broker.internal.group.GroupCoordinator} finds the shard of a group,
 * from any thread. Called by the handlers of the group APIs; calls partitions and the control plane.
 *
 * <p>Every operation decides first and applies afterwards: it returns an
 * {@link dev.barnabas.broker.internal.group.Outcome} of records to append, and its answer waits until they are
 * committed. Reading the partition from its start rebuilds the same state.
 */
@NullMarked
package dev.barnabas.broker.internal.group;

import org.jspecify.annotations.NullMarked;
