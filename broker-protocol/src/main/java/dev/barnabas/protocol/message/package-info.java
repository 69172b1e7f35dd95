/**
 * The messages of Kafka's protocol and the records of its internal topics, metadata log and files: one class per
 * message, holding every version. Generated at build time from Kafka's schemas. Plain mutable data: one owner at a time,
 * handed from lane to lane with the request.
 */
@NullMarked
package dev.barnabas.protocol.message;

import org.jspecify.annotations.NullMarked;
