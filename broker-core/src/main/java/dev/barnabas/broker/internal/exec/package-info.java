/**
 * Who runs what, and when: {@link dev.barnabas.broker.internal.exec.Lane} and
 * {@link dev.barnabas.broker.internal.exec.Timers}, the ports through which threads and time reach the broker's state
 * machines, and their production implementations.
 */
@NullMarked
package dev.barnabas.broker.internal.exec;

import org.jspecify.annotations.NullMarked;
