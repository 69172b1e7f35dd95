/**
 * Partitions: log, role, high watermark, waiting appends and fetches; each on its own lane. Called by handlers and
 * coordinators; calls storage.
 */
@NullMarked
package dev.barnabas.broker.internal.partition;

import org.jspecify.annotations.NullMarked;
