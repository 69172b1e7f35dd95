package dev.barnabas.durability;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What a test does to a broker's directory between two starts. */
final class Directories {

    private Directories() {}

    /** Copies a directory tree; taken of a running broker's directory, it is what SIGKILL would leave. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                try {
                    Files.copy(path, target);
                } catch (NoSuchFileException e) {
                    continue; // deleted by the broker meanwhile
                }
            }
        }
    }

    /** The files of a directory that end so, in the order of their names. */
    static List<Path> files(Path directory, String suffix) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(path -> path.getFileName().toString().endsWith(suffix))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }

    static Path last(Path directory, String suffix) throws IOException {
        List<Path> files = files(directory, suffix);
        return files.get(files.size() - 1);
    }

    static Path first(Path directory, String suffix) throws IOException {
        return files(directory, suffix).get(0);
    }

    static void delete(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.delete(file);
        }
    }

    static void truncate(Path file, long bytesLess) throws IOException {
        try (var opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(Math.max(0, opened.length() - bytesLess));
        }
    }

    static void empty(List<Path> files) throws IOException {
        for (Path file : files) {
            truncate(file, Long.MAX_VALUE);
        }
    }

    static void appendGarbage(Path file, int bytes) throws IOException {
        try (var opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.seek(opened.length());
            opened.write(garbage(bytes));
        }
    }

    /** Writes garbage over a file, as long as it was. */
    static void scramble(Path file) {
        try {
            Files.write(file, garbage((int) Files.size(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same bytes each time. */
    private static byte[] garbage(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
