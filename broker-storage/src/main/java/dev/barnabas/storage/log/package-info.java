/**
 * The segmented log in Apache Kafka's file formats, over the {@link dev.barnabas.storage.file.FileSystem} port. A log and
 * everything in it is used on its partition's lane; what other threads may call says so. The entry is
 * {@link dev.barnabas.storage.log.LogDirectory}.
 */
@NullMarked
package dev.barnabas.storage.log;

import org.jspecify.annotations.NullMarked;
