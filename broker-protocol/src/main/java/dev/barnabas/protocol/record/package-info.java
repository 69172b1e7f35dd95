/**
 * Record batches: format v2 as a view over bytes, formats 0 and 1 and their conversion, compression, control records.
 * Pure functions over buffers; any thread.
 */
@NullMarked
package dev.barnabas.protocol.record;

import org.jspecify.annotations.NullMarked;
