/**
 * Kafka's broker, topic and group properties: names, types, defaults, validation, and their live values. Immutable
 * definitions; any thread.
 */
@NullMarked
package dev.barnabas.broker.internal.config;

import org.jspecify.annotations.NullMarked;
