package dev.barnabas.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux says about a process in {@code /proc}; read whole at each call. */
final class ProcStat {

    /** USER_HZ, the unit of utime and stime in {@code /proc/PID/stat}; 100 on every Linux that Java runs on. */
    static final double TICKS_PER_SECOND = 100.0;

    private ProcStat() {}

    /** User and system CPU that the process has spent, in ticks, all threads, ended ones included. */
    static long cpuTicks(long pid) {
        return cpuTicks(read(pid, "stat"));
    }

    /** User and system CPU of the JVM's living JIT compiler threads, in ticks. */
    static long compilerTicks(long pid) {
        long ticks = 0;
        for (String thread : threadIds(pid)) {
            try {
                String stat = Files.readString(Path.of("/proc", Long.toString(pid), "task", thread, "stat"));
                if (stat.contains(" (C1 Compiler") || stat.contains(" (C2 Compiler")) {
                    ticks += cpuTicks(stat);
                }
            } catch (NoSuchFileException e) {
                // Ended since it was listed.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return ticks;
    }

    private static List<String> threadIds(long pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return tasks.map(task -> task.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long cpuTicks(String stat) {
        // The second field is the command in parentheses and may hold spaces; utime and stime are fields 14 and 15.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** Resident memory in bytes. */
    static long residentBytes(long pid) {
        return 1024 * statusField(pid, "VmRSS:");
    }

    static long threads(long pid) {
        return statusField(pid, "Threads:");
    }

    private static long statusField(long pid, String name) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
