package dev.barnabas.benchmark;

/**
 * How much of everything. The defaults are such that the broker spends so much CPU in each measured part that the 10 ms of
 * {@code /proc/PID/stat} are a few percent of it at most.
 *
 * @param bytes record values of a throughput scenario; the small records' scenarios take half, those with fsync a quarter,
 *     those with lz4 four times as much
 * @param requests single requests of a latency scenario
 * @param warmUp what comes before the measured part of these two kinds, as a multiple of it
 * @param partitions new partitions
 * @param connections opened all at once
 * @param connectionsMany opened in waves
 * @param idleSeconds how long these are watched doing nothing
 * @param groups groups that form, one after the other
 */
record Sizes(
        long bytes,
        int requests,
        double warmUp,
        int partitions,
        int connections,
        int connectionsMany,
        int idleSeconds,
        int groups) {

    static Sizes of(long megabytes, int requests, double warmUp) {
        return new Sizes(megabytes * 1_000_000, requests, warmUp, 1_000, 1_000, 10_000, 10, 5);
    }
}
