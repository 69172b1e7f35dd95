/**
 * The port to storage: the logs of one broker ({@link dev.barnabas.storage.LogStore}) and the log of one partition
 * ({@link dev.barnabas.storage.PartitionLog}). No threads and no clock: callers bring the time, and call each log on
 * that partition's lane only, except where a method says otherwise.
 */
@NullMarked
package dev.barnabas.storage;

import org.jspecify.annotations.NullMarked;
