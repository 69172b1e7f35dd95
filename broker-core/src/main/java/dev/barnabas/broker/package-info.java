/**
 * The embeddable broker's public API: {@link dev.barnabas.broker.Broker} and what it is built from. Any thread; {@code
 * start()} and {@code close()} block until done.
 */
@NullMarked
package dev.barnabas.broker;

import org.jspecify.annotations.NullMarked;
