package dev.barnabas.benchmark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of a scenario that counts: wall time and the broker's CPU between {@link #begin} and {@link #end}. */
final class Measurement {

    private final long pid;
    private final @Nullable Instrument instrument;
    private double cpuSeconds;
    private double compilerSeconds;
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
        measurement.compilerSeconds = -ProcStat.compilerCpuSeconds(pid);
        measurement.cpuSeconds = -ProcStat.cpuSeconds(pid);
        measurement.seconds = -System.nanoTime() / 1e9;
        return measurement;
    }

    /** Stops the clocks, then the instrument. Once. */
    void end() {
        seconds += System.nanoTime() / 1e9;
        cpuSeconds += ProcStat.cpuSeconds(pid);
        compilerSeconds += ProcStat.compilerCpuSeconds(pid);
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
        return cpuSeconds;
    }

    /**
     * The part of {@link #cpuSeconds} that JIT compilers took, which a broker that has run for longer does not pay; the last
     * of a compiler thread that ended meanwhile is missing.
     */
    double compilerSeconds() {
        return Math.max(0, compilerSeconds);
    }

    /** The broker's CPU and the compilers' part of it, {@code perSecond} units a CPU second. */
    List<Metric> cpu(String unit, double perSecond) {
        return List.of(
                Metric.cost("broker CPU", unit, cpuSeconds * perSecond),
                Metric.cost("JIT in it", unit, compilerSeconds() * perSecond));
    }
}
