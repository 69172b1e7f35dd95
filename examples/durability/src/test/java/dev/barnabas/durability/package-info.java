/**
 * What is left after a broker died. Brokers run in JVMs of their own, are killed with SIGKILL while unmodified Kafka clients
 * work, and start again on the same directory; or their files are damaged between two starts.
 */
@NullMarked
package dev.barnabas.durability;

import org.jspecify.annotations.NullMarked;
