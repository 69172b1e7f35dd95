/**
 * The same script of requests sent to Apache Kafka and to Barnabas, over plain sockets, and the comparison of the decoded answers. Scenarios
 * live in {@code scenario}; {@code meant-differences.txt} lists where Barnabas differs on purpose.
 */
@org.jspecify.annotations.NullMarked
package dev.barnabas.parity;
