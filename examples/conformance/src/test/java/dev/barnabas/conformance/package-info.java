/**
 * Runs the integration tests of Apache Kafka's clients and command line tools, out of their jars, against a broker of ours. What is left
 * out, and why, is in {@code left-out.txt}.
 */
@NullMarked
package dev.barnabas.conformance;

import org.jspecify.annotations.NullMarked;
