package dev.barnabas.broker.internal.handler;

/**
 * The operations that a client may perform on a resource (KIP-430), as a bit set of Kafka's operation numbers: those that
 * the resource has, since there is no authorizer to refuse one.
 */
final class AuthorizedOperations {

    /** Read, write, create, delete, alter, describe, describe and alter configs. */
    static final int TOPIC = bits(3, 4, 5, 6, 7, 8, 10, 11);

    /** Create, alter, describe, cluster action, describe and alter configs, idempotent write. */
    static final int CLUSTER = bits(5, 7, 8, 9, 10, 11, 12);

    /** Read, delete, describe, describe and alter configs. */
    static final int GROUP = bits(3, 6, 8, 10, 11);

    private AuthorizedOperations() {}

    private static int bits(int... operations) {
        int bits = 0;
        for (int operation : operations) {
            bits |= 1 << operation;
        }
        return bits;
    }
}
