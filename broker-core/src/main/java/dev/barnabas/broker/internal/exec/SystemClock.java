package dev.barnabas.broker.internal.exec;

import dev.barnabas.broker.spi.Clock;

/** The machine's clock. */
public final class SystemClock implements Clock {

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
