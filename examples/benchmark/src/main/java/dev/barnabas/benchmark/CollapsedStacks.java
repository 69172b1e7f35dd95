package dev.barnabas.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Samples of a profiler, a stack a line: frames from the bottom to the top, {@code a;b;c 42}. */
final class CollapsedStacks {

    private static final String COMPILER = "CompileBroker::compiler_thread_loop";

    private final Map<String, Long> self = new HashMap<>();
    private final Map<String, Long> total = new HashMap<>();
    private long samples;
    private long compilerSamples;

    static CollapsedStacks read(Path file) throws IOException {
        var stacks = new CollapsedStacks();
        Files.readAllLines(file).forEach(stacks::add);
        return stacks;
    }

    private void add(String line) {
        int space = line.lastIndexOf(' ');
        long count = Long.parseLong(line.substring(space + 1));
        List<String> frames = List.of(line.substring(0, space).split(";", -1));
        if (frames.contains(COMPILER)) {
            compilerSamples += count;
            return;
        }
        samples += count;
        self.merge(frames.get(frames.size() - 1), count, Long::sum);
        new HashSet<>(frames).forEach(frame -> total.merge(frame, count, Long::sum));
    }

    /** The {@code frames} frames that most samples ended in, and those that most went through; the JIT's are left out. */
    String report(int frames) {
        return samples + " samples, and " + compilerSamples
                + " of the JIT compilers, which are left out here\n\n  self\n" + top(self, frames) + "\n  total\n"
                + top(total, frames);
    }

    private String top(Map<String, Long> counts, int frames) {
        var text = new StringBuilder();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(frames)
                .forEach(frame -> text.append(
                        String.format("%6.2f %%  %s%n", 100.0 * frame.getValue() / samples, frame.getKey())));
        return text.toString();
    }
}
