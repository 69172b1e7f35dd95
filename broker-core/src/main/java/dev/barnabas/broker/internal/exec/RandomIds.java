package dev.barnabas.broker.internal.exec;

import dev.barnabas.protocol.Uuid;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The broker's source of randomness, seeded by the JVM. Ids are random UUIDs of version 4; they are no secrets. Any thread. */
public final class RandomIds implements RandomGenerator, Supplier<Uuid> {

    private static final long BASE64_HYPHEN_BITS = 0xf800_0000_0000_0000L;

    private final SplittableRandom random = new SplittableRandom();

    @Override
    public synchronized long nextLong() {
        return random.nextLong();
    }

    /** An id whose text begins with no hyphen, which command lines would take for an option. */
    @Override
    public Uuid get() {
        long most;
        do {
            most = nextLong() & ~0xf000L | 0x4000L;
        } while ((most & BASE64_HYPHEN_BITS) == BASE64_HYPHEN_BITS);
        return new Uuid(most, nextLong() >>> 2 | 1L << 63);
    }
}
