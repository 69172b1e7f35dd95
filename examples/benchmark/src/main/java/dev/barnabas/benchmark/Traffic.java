package dev.barnabas.benchmark;

import java.util.List;

/**
 * What a measured part moved, as the clients counted it: the raw floor moves the same number of bytes in frames of the
 * same size.
 *
 * @param direction which of the two floors it is
 * @param gigabytes record values, in 10^9 bytes: the figures are per GB of these
 * @param warmUp what the scenario moved before, as a multiple of what it measured
 * @param wireBytes bytes on the sockets, in the direction of the records
 * @param frames requests that carried records, or responses
 * @param partBytes bytes of one partition in a frame: a batch of a producer, a slice of a fetch
 * @param connections clients at once
 */
record Traffic(
        Direction direction,
        double gigabytes,
        double warmUp,
        long wireBytes,
        long frames,
        int partBytes,
        int connections)
        implements Floor {

    @Override
    public List<Metric> measure(Installation installation) throws Exception {
        return RawFloor.measure(installation, this);
    }

    enum Direction {
        /** Received, checked and written to files. */
        PRODUCE((byte) 'p'),
        /** Sent from files. */
        CONSUME((byte) 'c');

        private final byte code;

        Direction(byte code) {
            this.code = code;
        }

        /** The first byte on a connection to the floor's server. */
        byte code() {
            return code;
        }
    }

    /** Mean size of a frame, in bytes. */
    int frameBytes() {
        return Math.toIntExact(wireBytes / frames);
    }
}
