/**
 * The front end: listeners, connections, frames in, responses out, and the limits on what they may hold. Everything runs on
 * the I/O loops; a connection belongs to one of them. Called by the assembly only.
 */
@NullMarked
package dev.barnabas.broker.internal.net;

import org.jspecify.annotations.NullMarked;
