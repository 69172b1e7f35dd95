package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.request.ConversionMemory;

/** Counts what is charged to it. */
final class TestConversionMemory implements ConversionMemory {

    private int bytesMax = Integer.MAX_VALUE;
    private int bytes;
    private int bytesEver;

    void bound(int value) {
        bytesMax = value;
    }

    int bytes() {
        return bytes;
    }

    /** All that was taken, given back or not. */
    int bytesEver() {
        return bytesEver;
    }

    @Override
    public boolean isScarce() {
        return bytes > bytesMax;
    }

    @Override
    public void take(int taken) {
        bytes += taken;
        bytesEver += taken;
    }

    @Override
    public void giveBack(int given) {
        bytes -= given;
    }
}
