package dev.barnabas.broker.internal.exec;

import dev.barnabas.broker.spi.Clock;

/** A clock that moves when told to. */
public final class ManualClock implements Clock {

    private long nowMs;

    public ManualClock() {
        this(1_700_000_000_000L);
    }

    public ManualClock(long startMs) {
        nowMs = startMs;
    }

    @Override
    public synchronized long wallMs() {
        return nowMs;
    }

    @Override
    public synchronized long nanos() {
        return nowMs * 1_000_000;
    }

    public synchronized void advance(long ms) {
        nowMs += ms;
    }
}
