/**
 * Turns Kafka's message schemas (the {@code *.json} files inside Kafka's jars) into the classes of
 * {@code dev.barnabas.protocol.message} and the enum {@code dev.barnabas.protocol.ApiKey}. Runs at build time only; no
 * part of it is in the library's jar.
 */
package dev.barnabas.protocol.generator;
