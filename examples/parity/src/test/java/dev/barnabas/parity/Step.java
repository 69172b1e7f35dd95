package dev.barnabas.parity;

import com.fasterxml.jackson.databind.JsonNode;

/** One question and its answer; the answer is already normalised ({@link Normalizer}). */
record Step(String name, String request, JsonNode answer) {}
