package dev.barnabas.parity;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * One question and its answer; the answer is already normalised ({@link Normalizer}).
 *
 * @param api what was asked; null for what is no request, or a fact that the script found out
 * @param version of {@code api}
 */
record Step(String name, @Nullable ApiKeys api, int version, String request, JsonNode answer) {}
