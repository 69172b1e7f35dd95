/** The shortest way from nothing to a broker that serves Kafka's own client. */
@NullMarked
package dev.barnabas.examples.quickstart;

import org.jspecify.annotations.NullMarked;
