package dev.barnabas.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Samples of a profiler, a stack a line: frames from the bottom to the top, {@code a;b;c 42}. */
final class CollapsedStacks {

    private final Map<String, Long> self = new HashMap<>();
    private final Map<String, Long> total = new HashMap<>();
    private long samples;

    static CollapsedStacks read(Path file) throws IOException {
        var stacks = new CollapsedStacks();
        Files.readAllLines(file).forEach(stacks::add);
        return stacks;
    }

    private void add(String line) {
        int space = line.lastIndexOf(' ');
        long count = Long.parseLong(line.substring(space + 1));
        List<String> frames = List.of(line.substring(0, space).split(";"));
        Set<String> distinct = new LinkedHashSet<>(frames);
        samples += count;
        self.merge(frames.get(frames.size() - 1), count, Long::sum);
        distinct.forEach(frame -> total.merge(frame, count, Long::sum));
    }

    /** The frames that most samples ended in, and those that most samples went through, {@code frames} of each. */
    String report(int frames) {
        return samples + " samples\n\n  self\n" + top(self, frames) + "\n  total\n" + top(total, frames);
    }

    private String top(Map<String, Long> counts, int frames) {
        var text = new StringBuilder();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(frames)
                .forEach(frame -> text.append(
                        String.format("%6.2f %%  %s%n", 100.0 * frame.getValue() / samples, frame.getKey())));
        return text.toString();
    }
}
