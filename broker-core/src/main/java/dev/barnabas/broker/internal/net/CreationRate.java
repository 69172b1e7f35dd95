package dev.barnabas.broker.internal.net;

import java.util.Arrays;

/**
 * How fast connections come, measured as Apache Kafka measures rates: by how many came within samples of a fixed length, of
 * which the newest is under way. Not for several threads at once.
 *
 * <pre>
 *    oldest sample                                       newest
 *   |    3     |    0     |    7     |   ...   |    4   |  2 ...     time -->
 * </pre>
 */
final class CreationRate {

    private static final double MS_PER_SECOND = 1000;

    private final long sampleMs;
    private final int samples;

    /** One more than the samples counted, for the one that only overlaps them. */
    private final long[] beganMs;

    private final long[] lastMs;
    private final long[] counts;
    private int used;
    private int newest;

    /**
     * @param samples how many are counted ({@code quota.window.num})
     * @param sampleMs how long each is ({@code quota.window.size.seconds})
     */
    CreationRate(int samples, long sampleMs) {
        this.samples = samples;
        this.sampleMs = sampleMs;
        this.beganMs = new long[samples + 1];
        this.lastMs = new long[samples + 1];
        this.counts = new long[samples + 1];
    }

    /**
     * Counts a connection.
     *
     * @param max connections a second
     * @return how many ms it has to wait until the rate, if no other came, were {@code max}; no more than a sample is long
     */
    long count(int max, long nowMs) {
        if (used == 0) {
            begin(nowMs);
        } else if (nowMs - beganMs[newest] >= sampleMs) {
            newest = (newest + 1) % counts.length;
            begin(nowMs);
        }
        counts[newest]++;
        lastMs[newest] = nowMs;
        for (int i = 0; i < used; i++) {
            if (nowMs - lastMs[i] >= samples * sampleMs) {
                reset(i, nowMs);
            }
        }
        double windowMs = windowMs(nowMs);
        double rate = Arrays.stream(counts, 0, used).sum() * MS_PER_SECOND / windowMs;
        return rate <= max ? 0 : Math.min(sampleMs, Math.round((rate - max) / max * windowMs));
    }

    private void begin(long nowMs) {
        used = Math.max(used, newest + 1);
        reset(newest, nowMs);
    }

    private void reset(int sample, long nowMs) {
        beganMs[sample] = nowMs;
        lastMs[sample] = nowMs;
        counts[sample] = 0;
    }

    /** What the counts are of: all samples but one in full, even if the first came later, and the part of the newest. */
    private double windowMs(long nowMs) {
        long oldestMs = Arrays.stream(beganMs, 0, used).min().orElse(nowMs);
        long elapsedMs = nowMs - oldestMs;
        long missing = Math.max(0, samples - 1 - elapsedMs / sampleMs);
        return Math.max(1, elapsedMs + missing * sampleMs);
    }
}
