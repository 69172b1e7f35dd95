package dev.barnabas.broker.internal.request;

import dev.barnabas.broker.spi.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Says what clients do wrong, in one line a second at most, so that a broken client cannot fill the disk. Any thread.
 */
public final class BoundedLog {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Logger log;
    private final Clock clock;
    private final AtomicLong nextNanos;
    private final AtomicLong suppressed = new AtomicLong();

    public BoundedLog(Logger log, Clock clock) {
        this.log = log;
        this.clock = clock;
        this.nextNanos = new AtomicLong(clock.nanos());
    }

    /** Logs {@code message} at info, or counts it if one was logged less than a second ago. */
    public void info(String message, @Nullable Object... arguments) {
        long now = clock.nanos();
        long due = nextNanos.get();
        if (now - due < 0 || !nextNanos.compareAndSet(due, now + INTERVAL_NANOS)) {
            suppressed.incrementAndGet();
            return;
        }
        log.info(message, arguments);
        long unsaid = suppressed.getAndSet(0);
        if (unsaid > 0) {
            log.info("Like refusals not logged count={}", unsaid);
        }
    }
}
