/**
 * Kafka's wire protocol: the APIs, their versions and error codes, the headers, and the interfaces of the generated
 * messages. Immutable values and plain data; any thread, any caller.
 */
@NullMarked
package dev.barnabas.protocol;

import org.jspecify.annotations.NullMarked;
