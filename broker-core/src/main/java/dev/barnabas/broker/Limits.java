package dev.barnabas.broker;

/**
 * Bounds on what clients may make a broker hold, beyond those that Kafka has properties for. Immutable.
 *
 * @param requestMemoryBytes all requests that are arriving or being served, together; 0, the default, for half
 *     of the JVM's {@code -Xmx}; the buffers lie outside the heap, where the JVM allows as much again. {@code queued.max.request.bytes} sets the same.
 *     Responses that clients have not taken may hold a quarter of it, record bytes not counted
 * @param requestsInFlight unanswered Produce requests of one connection before it is read no further; default 16
 */
public record Limits(long requestMemoryBytes, int requestsInFlight) {

    private static final long REQUEST_MEMORY_BYTES_MIN = 1 << 20;

    public Limits {
        if (requestMemoryBytes != 0 && requestMemoryBytes < REQUEST_MEMORY_BYTES_MIN) {
            throw new IllegalArgumentException("requestMemoryBytes: " + requestMemoryBytes
                    + " (expected: 0, or at least " + REQUEST_MEMORY_BYTES_MIN + ")");
        }
        if (requestsInFlight < 1) {
            throw new IllegalArgumentException("requestsInFlight: " + requestsInFlight + " (expected: 1 and up)");
        }
    }

    public static Limits defaults() {
        return new Limits(0, 16);
    }

    /** These limits with another {@link #requestMemoryBytes()}. */
    public Limits withRequestMemoryBytes(long bytes) {
        return new Limits(bytes, requestsInFlight);
    }

    /** These limits with another {@link #requestsInFlight()}. */
    public Limits withRequestsInFlight(int requests) {
        return new Limits(requestMemoryBytes, requests);
    }
}
