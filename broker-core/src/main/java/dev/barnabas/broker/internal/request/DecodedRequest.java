package dev.barnabas.broker.internal.request;

import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;

/**
 * A request that this broker serves.
 *
 * @param message decoded; record bytes in it are slices of the frame
 * @param answerVersion the version to answer in: the request's, or 0 for an ApiVersions request of an unknown version
 * @param elements how many elements its lists hold together
 */
public record DecodedRequest(
        RequestHeader header, ApiHandler<?> handler, ApiMessage message, int answerVersion, int elements) {}
