/**
 * Between bytes and handlers: the table of handlers, the dispatcher, and one request's context. Runs on I/O loops; holds
 * no state but a request's own. Beside it, the log of what clients do wrong.
 */
@NullMarked
package dev.barnabas.broker.internal.request;

import org.jspecify.annotations.NullMarked;
