package dev.barnabas.benchmark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of a scenario that counts: wall time and the broker's CPU between {@link #begin} and {@link #end}. */
final class Measurement {

    private final long pid;
    private final @Nullable Instrument instrument;
    private long cpuTicks;
    private long compilerTicks;
    private double seconds;

    private Measurement(long pid, @Nullable Instrument instrument) {
        this.pid = pid;
        this.instrument = instrument;
    }

    /** Attaches {@code instrument}, if there is one, and starts the clocks. */
    static Measurement begin(long pid, @Nullable Instrument instrument) {
        if (instrument != null) {
            instrument.attach(pid);
        }
        var measurement = new Measurement(pid, instrument);
        measurement.compilerTicks = -ProcStat.compilerTicks(pid);
        measurement.cpuTicks = -ProcStat.cpuTicks(pid);
        measurement.seconds = -System.nanoTime() / 1e9;
        return measurement;
    }

    /** Stops the clocks, then the instrument. Once. */
    void end() {
        seconds += System.nanoTime() / 1e9;
        cpuTicks += ProcStat.cpuTicks(pid);
        compilerTicks += ProcStat.compilerTicks(pid);
        if (instrument != null) {
            instrument.detach(pid);
        }
    }

    /** Wall time, after the end. */
    double seconds() {
        return seconds;
    }

    /** CPU seconds that the process spent, in steps of 0.01, after the end. */
    double cpuSeconds() {
        return cpuTicks / ProcStat.TICKS_PER_SECOND;
    }

    /**
     * The process's CPU, {@code perSecond} units a second; and the same without the JIT compilers, as a process would need
     * it that has run for longer. What a compiler thread took that ended meanwhile counts as if it were not the JIT's.
     */
    List<Metric> cpu(String unit, double perSecond) {
        long withoutJit = Math.max(0, cpuTicks - Math.max(0, compilerTicks));
        return List.of(
                Metric.cost("broker CPU", unit, cpuSeconds() * perSecond),
                Metric.cost("CPU without JIT", unit, withoutJit / ProcStat.TICKS_PER_SECOND * perSecond));
    }
}
