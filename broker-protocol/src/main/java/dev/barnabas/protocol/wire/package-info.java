/**
 * Readers and writers of Kafka's primitive types over Netty buffers. A reader or writer belongs to whoever created it and
 * is used by one thread at a time; neither takes nor gives up a reference of its buffer.
 */
@NullMarked
package dev.barnabas.protocol.wire;

import org.jspecify.annotations.NullMarked;
