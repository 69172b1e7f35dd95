package dev.barnabas.broker;

/**
 * Bounds on what clients may make a broker hold, beyond those that Kafka has properties for ({@code max.connections},
 * {@code socket.request.max.bytes}, {@code group.max.size}, {@code max.incremental.fetch.session.cache.slots} and others).
 * Immutable.
 *
 * @param requestMemoryBytes all requests that are arriving or being served, together; 0, the default, for half
 *     of the JVM's {@code -Xmx}; the buffers lie outside the heap, where the JVM allows as much again. {@code queued.max.request.bytes} sets the same.
 *     Responses that clients have not taken may hold a quarter of it, record bytes not counted. All lists of the requests
 *     being served may hold one element for every 2 KiB of it (at least 16,384 and at most 1,000,000); a request of more
 *     closes its connection
 * @param requestsInFlight unanswered Produce requests of one connection before it is read no further; default 16
 * @param partitions partitions of all topics, internal ones included; default 200,000. What clients would create beyond it is answered
 *     POLICY_VIOLATION
 * @param groupsPerPartition groups of one partition of {@code __consumer_offsets}; default 20,000. What would exceed it is
 *     answered GROUP_MAX_SIZE_REACHED
 * @param offsetsPerGroup committed offsets of one group; default 200,000. What would exceed it is answered
 *     INVALID_COMMIT_OFFSET_SIZE
 * @param groupBytes bytes of the heap that all groups hold together: what their members say of themselves and are
 *     assigned, ids handed out, and committed offsets with their metadata; estimated, with a few hundred bytes for each
 *     of these. 0, the default, for an eighth of the JVM's {@code -Xmx}. A join that would exceed it is answered
 *     GROUP_MAX_SIZE_REACHED, and ends the membership of a member that is one; an assignment UNKNOWN_SERVER_ERROR, as if it
 *     could not be stored; a commit INVALID_COMMIT_OFFSET_SIZE. What is on the disk is loaded, whatever it takes
 */
public record Limits(
        long requestMemoryBytes,
        int requestsInFlight,
        int partitions,
        int groupsPerPartition,
        int offsetsPerGroup,
        long groupBytes) {

    private static final long REQUEST_MEMORY_BYTES_MIN = 1 << 20;
    private static final Limits DEFAULTS = new Limits(0, 16, 200_000, 20_000, 200_000, 0);

    public Limits {
        if (requestMemoryBytes != 0 && requestMemoryBytes < REQUEST_MEMORY_BYTES_MIN) {
            throw new IllegalArgumentException("requestMemoryBytes: " + requestMemoryBytes
                    + " (expected: 0, or at least " + REQUEST_MEMORY_BYTES_MIN + ")");
        }
        requireSome("requestsInFlight", requestsInFlight);
        requireSome("partitions", partitions);
        requireSome("groupsPerPartition", groupsPerPartition);
        requireSome("offsetsPerGroup", offsetsPerGroup);
        if (groupBytes < 0) {
            throw new IllegalArgumentException("groupBytes: " + groupBytes + " (expected: 0, or the number of bytes)");
        }
    }

    private static void requireSome(String name, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(name + ": " + number + " (expected: 1 and up)");
        }
    }

    public static Limits defaults() {
        return DEFAULTS;
    }

    /** These limits with another {@link #requestMemoryBytes()}. */
    public Limits withRequestMemoryBytes(long bytes) {
        return new Limits(bytes, requestsInFlight, partitions, groupsPerPartition, offsetsPerGroup, groupBytes);
    }

    /** These limits with another {@link #requestsInFlight()}. */
    public Limits withRequestsInFlight(int requests) {
        return new Limits(requestMemoryBytes, requests, partitions, groupsPerPartition, offsetsPerGroup, groupBytes);
    }

    /** These limits with another {@link #partitions()}. */
    public Limits withPartitions(int number) {
        return new Limits(
                requestMemoryBytes, requestsInFlight, number, groupsPerPartition, offsetsPerGroup, groupBytes);
    }

    /** These limits with another {@link #groupsPerPartition()}. */
    public Limits withGroupsPerPartition(int groups) {
        return new Limits(requestMemoryBytes, requestsInFlight, partitions, groups, offsetsPerGroup, groupBytes);
    }

    /** These limits with another {@link #offsetsPerGroup()}. */
    public Limits withOffsetsPerGroup(int offsets) {
        return new Limits(requestMemoryBytes, requestsInFlight, partitions, groupsPerPartition, offsets, groupBytes);
    }

    /** These limits with another {@link #groupBytes()}. */
    public Limits withGroupBytes(long bytes) {
        return new Limits(requestMemoryBytes, requestsInFlight, partitions, groupsPerPartition, offsetsPerGroup, bytes);
    }
}
