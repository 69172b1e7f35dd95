/** Barnabas beside Apache Kafka: whole brokers in JVMs of their own, measured from outside. */
@NullMarked
package dev.barnabas.benchmark;

import org.jspecify.annotations.NullMarked;
