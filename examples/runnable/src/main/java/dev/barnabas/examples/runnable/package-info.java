/** The broker as a process of its own, started from a command line. */
@NullMarked
package dev.barnabas.examples.runnable;

import org.jspecify.annotations.NullMarked;
