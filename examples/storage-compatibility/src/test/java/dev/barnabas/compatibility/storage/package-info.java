/** Our files read by Apache Kafka's own code, and Apache Kafka's files read by ours. */
@NullMarked
package dev.barnabas.compatibility.storage;

import org.jspecify.annotations.NullMarked;
