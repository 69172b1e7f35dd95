/**
 * One handler for each API: the protocol's table of contents. Handlers run on I/O loops, hold no state, check the
 * request, and post to the lane that owns what it is about.
 */
@NullMarked
package dev.barnabas.broker.internal.handler;

import org.jspecify.annotations.NullMarked;
